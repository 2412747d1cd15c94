package com.nomadicml.beam.status;

import com.nomadicml.beam.api.QuotaLedger;
import com.nomadicml.beam.api.SharedQuota;
import com.nomadicml.beam.api.SharedQuota.Grant;
import com.nomadicml.beam.api.SharedQuota.Taken;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The quota of an account as a row of {@code import_limits} in BigQuery. It is changed by one
 * statement, and only when nobody has changed it since it was read.
 */
record BigQueryQuotaLedger(BigQueryStatusStore store) implements QuotaLedger {
  /** A statement takes a second or two: half a minute of requests is worth waiting for it. */
  private static final Duration AHEAD = Duration.ofSeconds(30);

  /** What runs of an earlier version have spent of their last day is spent. */
  private static final String NEW =
      "INSERT INTO import_limits (account, version, day, spent, sent, granted, not_before)"
          + " SELECT 'account', 0, day, spent, '', '', 0 FROM (SELECT quota_day AS day,"
          + " SUM(requests_on_day) AS spent FROM import_runs GROUP BY quota_day"
          + " UNION ALL SELECT '1970-01-01', 0) WHERE NOT EXISTS (SELECT 1 FROM import_limits)"
          + " ORDER BY day DESC LIMIT 1";

  /** Two that begin at once may both insert a row: both rows change as one from then on. */
  private static final String READ = "SELECT * FROM import_limits LIMIT 1";

  private static final String CHANGE =
      "UPDATE import_limits SET version = version + 1, day = @day,"
          + " spent = CAST(@spent AS INT64), sent = @sent, granted = @granted,"
          + " not_before = CAST(@not_before AS INT64) WHERE version = CAST(@version AS INT64);\n"
          + "SELECT @@row_count AS changed";

  @Override
  public boolean isThere() {
    return store.has(store.laneTable("import_limits"));
  }

  @Override
  public Duration ahead() {
    return AHEAD;
  }

  @Override
  public Grant take(Function<SharedQuota, Taken> take) {
    while (true) {
      List<Map<String, Object>> rows = store.queryNamed(READ, Map.of());
      if (rows.isEmpty()) {
        store.queryNamed(NEW, Map.of());
        continue;
      }
      QuotaRow row = row(rows.get(0));
      Taken taken = take.apply(row.quota());
      SharedQuota after = taken.after();
      Map<String, Object> answer =
          store
              .queryNamed(
                  CHANGE,
                  Map.of(
                      "day", after.day().toString(),
                      "spent", String.valueOf(after.spent()),
                      "sent", QuotaRow.text(after.sent()),
                      "granted", QuotaRow.text(after.granted()),
                      "not_before", String.valueOf(after.notBefore().toEpochMilli()),
                      "version", String.valueOf(row.version())))
              .get(0);
      if (!"0".equals(answer.get("changed"))) {
        return taken.grant();
      }
    }
  }

  private static QuotaRow row(Map<String, Object> row) {
    return QuotaRow.of(
        Long.parseLong((String) row.get("version")),
        (String) row.get("day"),
        Long.parseLong((String) row.get("spent")),
        (String) row.get("sent"),
        (String) row.get("granted"),
        Long.parseLong((String) row.get("not_before")));
  }
}
