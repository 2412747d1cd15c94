package com.nomadicml.beam.benchmarks;

import java.sql.SQLException;
import java.util.Map;

/** How far an import had come when it was killed, as its tables tell. */
enum KillPhase {
  BEFORE_PLAN("before the plan"),
  CANARIES("canaries under way"),
  WRITING_PLAN("writing the plan"),
  AFTER_PLAN("after the plan"),
  BETWEEN_SUBMITS("between submits"),
  AWAITING("awaiting"),
  SETTLED("all settled");

  private final String title;

  KillPhase(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  /**
   * @param items of the manifest
   * @param canaries batches that go ahead of the others
   */
  static KillPhase of(Tables tables, int items, int canaries) {
    try {
      Map<String, Long> jobs = tables.jobStateCounts();
      long rows = tables.stateCounts().values().stream().mapToLong(Long::longValue).sum();
      if (jobs.isEmpty()) {
        return rows == 0 ? BEFORE_PLAN : WRITING_PLAN;
      }
      if (rows < items) {
        return CANARIES;
      }
      if (tables.plannedItems() < items) {
        return WRITING_PLAN;
      }
      if (jobs.containsKey("PLANNED")) {
        return tables.acceptedJobs() > canaries ? BETWEEN_SUBMITS : AFTER_PLAN;
      }
      return tables.openItems() == 0 ? SETTLED : AWAITING;
    } catch (SQLException noTablesYet) {
      return BEFORE_PLAN;
    }
  }
}
