package com.nomadicml.beam.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.math.LongMath;
import com.nomadicml.beam.pipeline.TargetTally.Step;
import java.io.PrintStream;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** What a dry run prints: what would be done, what it would cost, and when it would end. */
final class DryRunReport {
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);

  /** An allowance for looks in vain, beyond one POST a batch and each page once; not measured. */
  private static final double EXPECTED_PER_FLOOR = 1.05;

  static final int MAX_TARGETS = 50;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final ImportSettings settings;
  private final Conservation sum;
  private final String skipped;
  private final List<String> notes;
  private final List<TargetTally> tallies;
  private final DryRunIntegrations integrations;
  private final List<TallyRejections.Reason> rejected;
  private final long spentToday;
  private final Instant now;

  DryRunReport(
      ImportSettings settings,
      Counters counters,
      List<TargetTally> tallies,
      DryRunIntegrations integrations,
      List<TallyRejections.Reason> rejected,
      long spentToday,
      Instant now) {
    this.settings = settings;
    this.sum = Conservation.of(counters);
    this.skipped = Skips.describe(counters);
    this.notes = ManifestNotes.of(counters, settings.reading());
    this.tallies = tallies;
    this.integrations = integrations;
    this.rejected = rejected;
    this.spentToday = spentToday;
    this.now = now;
  }

  void print(PrintStream out) {
    out.printf("%nDry run: nothing was imported, no table was written%n");
    line(out, sum.linesRead(), "lines read");
    if (sum.expanded() != 0) {
      line(out, sum.expanded(), "more by expanded wildcards");
    }
    line(out, sum.blank(), "  blank or comment");
    line(out, sum.rejected(), "  rejected");
    line(out, sum.skipped(), "  " + skipped);
    line(out, sum.duplicate(), "  duplicate");
    line(out, sum.alreadyDone(), "  already uploaded");
    line(out, sum.failed() + sum.missing() + sum.refused(), "  not uploaded, and out of attempts");
    line(out, items(Step.SEND), "  to be imported");
    line(out, items(Step.TRY_AGAIN), "  to be tried again");
    line(out, items(Step.SEND_AS_PLANNED), "  planned by an earlier run, to be sent");
    line(out, items(Step.AWAIT), "  sent by an earlier run, to be awaited");
    line(out, sum.unknown(), "  of unknown outcome, and held");
    notes.forEach(out::println);
    printRejected(out);
    if (tallies.isEmpty()) {
      out.printf("%nThere is nothing to do.%n");
      return;
    }
    printTargets(out);
    integrations.print(tallies, out);
    printCost(out);
    printBatchSizes(out);
  }

  private void printRejected(PrintStream out) {
    if (!rejected.isEmpty()) {
      out.printf("%nRejected lines, with the first of each reason%n");
    }
    for (TallyRejections.Reason reason : rejected) {
      line(out, reason.lines(), reason.code());
      for (JsonNode example : reason.examples()) {
        out.printf(
            Locale.ROOT,
            "%16s%s, line %d: %s%n",
            "",
            example.get("manifest").asText(),
            example.get("line").asLong(),
            example.get("message").asText());
      }
    }
  }

  /** The same as one JSON object in a line. */
  String json() {
    ObjectNode json = JSON.createObjectNode().put("version", StatusJson.VERSION);
    json.putObject("lines")
        .put("read", sum.linesRead())
        .put("expanded", sum.expanded())
        .put("blank", sum.blank())
        .put("rejected", sum.rejected())
        .put("skipped", sum.skipped())
        .put("duplicate", sum.duplicate())
        .put("alreadyDone", sum.alreadyDone())
        .put("outOfAttempts", sum.failed() + sum.missing() + sum.refused())
        .put("toImport", items(Step.SEND))
        .put("toTryAgain", items(Step.TRY_AGAIN))
        .put("planned", items(Step.SEND_AS_PLANNED))
        .put("toAwait", items(Step.AWAIT))
        .put("unknown", sum.unknown());
    ArrayNode targets = json.putArray("targets");
    for (TargetTally tally : tallies) {
      targets
          .addObject()
          .put("target", tally.getTarget())
          .put("step", tally.getStep().name())
          .put("items", tally.getItems())
          .put("batches", tally.getStep() == Step.AWAIT ? 0 : tally.getBatches())
          .put("requests", requests(tally));
    }
    integrations.addTo(json, tallies);
    ArrayNode folders = json.putArray("folders");
    folders().forEach(folders::add);
    ArrayNode reasons = json.putArray("rejected");
    for (TallyRejections.Reason reason : rejected) {
      reasons
          .addObject()
          .put("code", reason.code())
          .put("lines", reason.lines())
          .putArray("examples")
          .addAll(reason.examples());
    }
    long floor = tallies.isEmpty() ? 0 : floor();
    long expected = expected(floor);
    json.putObject("requests")
        .put("atLeast", floor)
        .put("expected", expected)
        .put("spentToday", spentToday);
    json.put("days", quota().days(expected, spentToday, now));
    json.put(
        "endsAt",
        quota().end(expected, spentToday, now).truncatedTo(ChronoUnit.SECONDS).toString());
    return json.toString();
  }

  private long floor() {
    return tallies.stream().mapToLong(this::requests).sum() + overhead();
  }

  private void printTargets(PrintStream out) {
    out.printf("%n%14s %9s %10s  target%n", "items", "batches", "requests");
    tallies.stream()
        .limit(MAX_TARGETS)
        .forEach(
            tally ->
                out.printf(
                    Locale.ROOT,
                    "%,14d %,9d %,10d  %s%s%n",
                    tally.getItems(),
                    tally.getStep() == Step.AWAIT ? 0 : tally.getBatches(),
                    requests(tally),
                    tally.getTarget(),
                    suffix(tally.getStep())));
    if (tallies.size() > MAX_TARGETS) {
      out.printf(Locale.ROOT, "%14s and %,d more targets%n", "", tallies.size() - MAX_TARGETS);
    }
    List<String> folders = folders();
    if (!folders.isEmpty()) {
      String more = folders.size() > MAX_TARGETS ? ", and more" : "";
      out.printf(
          Locale.ROOT,
          "%nFolders, made where they are absent (%,d): %s%s%n",
          folders.size(),
          String.join(", ", folders.subList(0, Math.min(MAX_TARGETS, folders.size()))),
          more);
    }
  }

  private static String suffix(Step step) {
    return switch (step) {
      case SEND -> "";
      case TRY_AGAIN -> " (again)";
      case SEND_AS_PLANNED -> " (as planned before)";
      case AWAIT -> " (only awaited)";
    };
  }

  private void printCost(PrintStream out) {
    long floor = floor();
    long expected = expected(floor);
    QuotaForecast quota = quota();
    Instant end = quota.end(expected, spentToday, now);
    out.printf(
        Locale.ROOT,
        "%n%,d requests at least, about %,d expected; %,d were spent today%n",
        floor,
        expected,
        spentToday);
    out.printf(
        Locale.ROOT,
        "About %s under the quota (%s per minute, %s per day): until %s, or later if the backend is"
            + " slower%n",
        text(Duration.between(now, end)),
        limit(quota.perMinute()),
        limit(quota.perDay()),
        MINUTE.format(end));
    long days = quota.days(expected, spentToday, now);
    if (days > 1 && !settings.waitForQuota()) {
      out.printf(
          Locale.ROOT,
          "The quota of %,d days is needed: run it again each day, or use --onQuota=wait%n",
          days);
    }
  }

  private void printBatchSizes(PrintStream out) {
    out.printf("%n%14s %9s %10s  about%n", "--batchSize", "batches", "requests");
    for (int size : sizes()) {
      long batches = 0;
      long requests = overhead();
      for (TargetTally tally : tallies) {
        boolean cut = EnumSet.of(Step.SEND, Step.TRY_AGAIN).contains(tally.getStep());
        TargetTally other = cut && size != settings.batchSize() ? recut(tally, size) : tally;
        batches += tally.getStep() == Step.AWAIT ? 0 : other.getBatches();
        requests += requests(other);
      }
      long expected = expected(requests);
      out.printf(
          Locale.ROOT,
          "%,14d %,9d %,10d  %s%s%n",
          size,
          batches,
          expected,
          text(Duration.between(now, quota().end(expected, spentToday, now))),
          size == settings.batchSize() ? "  (as it is)" : "");
    }
  }

  private Set<Integer> sizes() {
    int size = settings.batchSize();
    return new TreeSet<>(List.of(Math.max(1, size / 2), size, size * 2, size * 5));
  }

  private TargetTally recut(TargetTally tally, int batchSize) {
    long batches = LongMath.divide(tally.getItems(), batchSize, RoundingMode.CEILING);
    long full = tally.getItems() / batchSize;
    long rest = tally.getItems() % batchSize;
    long pages =
        full * LongMath.divide(batchSize, settings.rowsAPage(), RoundingMode.CEILING)
            + LongMath.divide(rest, settings.rowsAPage(), RoundingMode.CEILING);
    return TargetTally.of(
        tally.getTarget(),
        tally.getDestination(),
        tally.getBucket(),
        tally.getIntegration(),
        tally.getStep(),
        tally.getItems(),
        batches,
        pages);
  }

  /** The key's check, the folders, and the list of integrations where one is needed. */
  private long overhead() {
    boolean gcs = tallies.stream().anyMatch(tally -> tally.getTarget().startsWith("gs://"));
    return 1 + folders().size() + (gcs ? 1 : 0);
  }

  /** Folders that are looked for, and made where they are absent. */
  private List<String> folders() {
    return tallies.stream()
        .filter(tally -> tally.getStep() != Step.AWAIT)
        .map(TargetTally::getDestination)
        .filter(destination -> !destination.isEmpty())
        .distinct()
        .sorted()
        .toList();
  }

  private long requests(TargetTally tally) {
    return tally.requests(settings.canary());
  }

  private static long expected(long floor) {
    return (long) Math.ceil(floor * EXPECTED_PER_FLOOR);
  }

  private long items(Step step) {
    return tallies.stream()
        .filter(tally -> tally.getStep() == step)
        .mapToLong(TargetTally::getItems)
        .sum();
  }

  private QuotaForecast quota() {
    return new QuotaForecast(settings.requestsPerMinute(), settings.requestsPerDay());
  }

  private static void line(PrintStream out, long items, String what) {
    out.printf(Locale.ROOT, "%,14d %s%n", items, what);
  }

  private static String limit(int limit) {
    return limit == 0 ? "no limit" : String.format(Locale.ROOT, "%,d", limit);
  }

  static String text(Duration duration) {
    if (duration.toDays() > 0) {
      return duration.toDays() + " d " + duration.toHoursPart() + " h";
    }
    if (duration.toHours() > 0) {
      return duration.toHours() + " h " + duration.toMinutesPart() + " min";
    }
    return duration.toMinutes() > 0
        ? duration.toMinutes() + " min " + duration.toSecondsPart() + " s"
        : duration.toSeconds() + " s";
  }
}
