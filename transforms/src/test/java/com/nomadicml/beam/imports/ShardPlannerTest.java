package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.imports.ShardPlanner.Plan;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.LedgerRow;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ShardPlannerTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-24T10:00:00Z"), ZoneOffset.UTC);

  @Test
  void duplicatesFallOutAndTheFirstLineStands() {
    Plan plan = plan(10, 1, List.of(entry("s3://b/a.mp4", 5), entry("s3://b/a.mp4", 2)), List.of());
    assertThat(plan.counts().of(ImportMetrics.DUPLICATE)).isEqualTo(1);
    assertThat(plan.batches()).hasSize(1);
    assertThat(plan.batches().get(0).getItems())
        .extracting(ImportItem::getLine)
        .containsExactly(2L);
  }

  @Test
  void whatIsUploadedIsLeftAlone() {
    Plan plan =
        plan(
            10,
            5,
            List.of(entry("s3://b/a.mp4", 1), entry("s3://b/b.mp4", 2)),
            List.of(row("s3://b/a.mp4", VideoState.UPLOADED, 1, false)));
    assertThat(plan.counts().of(ImportMetrics.ALREADY_DONE)).isEqualTo(1);
    assertThat(uris(plan)).containsExactly("s3://b/b.mp4");
  }

  @Test
  void whatIsInFlightIsNotPlannedAgain() {
    Plan plan =
        plan(
            10,
            5,
            List.of(entry("s3://b/a.mp4", 1)),
            List.of(row("s3://b/a.mp4", VideoState.SUBMITTED, 1, true)));
    assertThat(plan.counts().of(ImportMetrics.IN_FLIGHT)).isEqualTo(1);
    assertThat(plan.batches()).isEmpty();
  }

  /** As an engine that loses a worker does while the lane is at work. */
  @Test
  void whatThisRunHasPlannedIsCountedTheSameWhenItIsPlannedAgain() {
    List<ManifestEntry> entries = List.of(entry("s3://b/a.mp4", 1), entry("s3://b/b.mp4", 2));
    Plan first = plan(10, 5, entries, List.of());
    Plan again = plan(10, 5, entries, List.of(own("a", "UPLOADED"), own("b", "UPLOADING_FAILED")));

    assertThat(again.counts().list()).isEqualTo(first.counts().list());
    assertThat(again.batches()).isEmpty();
  }

  private static LedgerRow own(String name, String state) {
    return LedgerRow.of(
        "user/",
        "s3://b/" + name + ".mp4",
        Provider.S3,
        "b",
        VideoState.valueOf(state),
        1,
        true,
        null,
        true);
  }

  @Test
  void aPendingRowThatNoBatchCarriesIsPlannedAgain() {
    Plan plan =
        plan(
            10,
            1,
            List.of(entry("s3://b/a.mp4", 1)),
            List.of(row("s3://b/a.mp4", VideoState.PENDING, 1, false)));
    assertThat(plan.batches()).extracting(ImportBatch::getAttempt).containsExactly(1);
  }

  @Test
  void failuresAreTriedAgainWhileAttemptsAreLeftWithANewKey() {
    List<ManifestEntry> entries = List.of(entry("s3://b/a.mp4", 1));
    Plan first = plan(10, 3, entries, List.of());
    for (VideoState state :
        List.of(VideoState.UPLOADING_FAILED, VideoState.MISSING, VideoState.REFUSED)) {
      Plan again = plan(10, 3, entries, List.of(row("s3://b/a.mp4", state, 2, false)));
      assertThat(again.batches()).extracting(ImportBatch::getAttempt).containsExactly(3);
      assertThat(again.batches().get(0).getBatchId())
          .isNotEqualTo(first.batches().get(0).getBatchId());
      Plan over = plan(10, 3, entries, List.of(row("s3://b/a.mp4", state, 3, false)));
      assertThat(over.batches()).isEmpty();
      assertThat(over.counts().of(ImportMetrics.ended(state))).isEqualTo(1);
      assertThat(over.counts().of(ImportMetrics.LEFT)).isEqualTo(1);
    }
  }

  @Test
  void batchesAreCutWithinATarget() {
    ManifestEntry set =
        ManifestEntry.builder()
            .setManifest("m")
            .setLine(3)
            .setSourceUri("s3://b/c.mp4")
            .setViews(Map.of("front", "s3://b/c.mp4"))
            .setScope("user")
            .build();
    ManifestEntry other =
        ManifestEntry.builder()
            .setManifest("m")
            .setLine(4)
            .setSourceUri("s3://b/d.mp4")
            .setScope("user")
            .setIntegrationId("i")
            .build();
    Plan plan =
        plan(
            2,
            1,
            List.of(entry("s3://b/a.mp4", 1), entry("s3://b/b.mp4", 2), set, other),
            List.of());
    assertThat(plan.batches()).hasSize(3);
    assertThat(plan.batches()).extracting(b -> b.getTarget().getMultiView()).contains(true);
  }

  @Test
  void aGcsItemWithoutIntegrationIsRefusedAndTheRestGoesOn() {
    ManifestEntry gcs =
        ManifestEntry.builder()
            .setManifest("m")
            .setLine(1)
            .setSourceUri("gs://b/a.mp4")
            .setScope("user")
            .build();
    Plan plan =
        new ShardPlanner("run", CLOCK, 10, 1)
            .plan(List.of(gcs, entry("s3://b/b.mp4", 2)), List.of(), List.of());
    assertThat(plan.refused())
        .extracting(VideoStatus::getErrorCode)
        .containsExactly("NO_INTEGRATION");
    assertThat(uris(plan)).containsExactly("s3://b/b.mp4");
  }

  @Test
  void aSetThatLacksViewsIsNeverTriedAgainByItself() {
    LedgerRow row =
        LedgerRow.of(
            "user/",
            "s3://b/a.mp4",
            Provider.S3,
            "b",
            VideoState.UPLOADED,
            1,
            false,
            "VIEWS_FAILED",
            false);
    Plan plan =
        plan(
            10,
            99,
            List.of(entry("s3://b/a.mp4", 1), entry("s3://b/b.mp4", 2)),
            List.of(row, row("s3://b/b.mp4", VideoState.UPLOADED, 1, false)));
    assertThat(plan.batches()).isEmpty();
    assertThat(plan.counts().of(ImportMetrics.ALREADY_DONE)).isEqualTo(2);
    assertThat(plan.counts().of(ImportMetrics.DONE_WITHOUT_VIEWS)).isEqualTo(1);
  }

  @Property(tries = 200)
  void anyOrderAndAnyLedgerLeaveTheUnionOfBatchesTheSame(
      @ForAll @IntRange(min = 0, max = 60) int items,
      @ForAll @IntRange(min = 1, max = 9) int batchSize,
      @ForAll long seed) {
    Random random = new Random(seed);
    List<ManifestEntry> entries = new ArrayList<>();
    List<LedgerRow> ledger = new ArrayList<>();
    TreeSet<String> expected = new TreeSet<>();
    for (int i = 0; i < items; i++) {
      String uri = "s3://b/" + i + ".mp4";
      entries.add(entry(uri, i));
      if (random.nextInt(3) == 0) {
        entries.add(entry(uri, i + 1_000));
      }
      if (random.nextInt(4) == 0) {
        ledger.add(row(uri, VideoState.UPLOADED, 1, false));
      } else {
        expected.add(uri);
      }
    }
    Collections.shuffle(entries, random);
    Plan plan = plan(batchSize, 1, entries, ledger);
    assertThat(uris(plan)).containsExactlyElementsOf(expected);
    assertThat(plan.batches())
        .allSatisfy(b -> assertThat(b.getItems()).hasSizeBetween(1, batchSize));
    Collections.shuffle(entries, random);
    assertThat(plan(batchSize, 1, entries, ledger).batches()).isEqualTo(plan.batches());
  }

  private static Plan plan(
      int batchSize, int maxAttempts, List<ManifestEntry> entries, List<LedgerRow> ledger) {
    return new ShardPlanner("run", CLOCK, batchSize, maxAttempts).plan(entries, ledger, List.of());
  }

  private static List<String> uris(Plan plan) {
    return plan.batches().stream()
        .flatMap(batch -> batch.getItems().stream())
        .map(ImportItem::getSourceUri)
        .sorted()
        .toList();
  }

  private static ManifestEntry entry(String uri, long line) {
    return ManifestEntry.builder()
        .setManifest("m")
        .setLine(line)
        .setSourceUri(uri)
        .setScope("user")
        .build();
  }

  private static LedgerRow row(String uri, VideoState state, int attempt, boolean inFlight) {
    return LedgerRow.of("user/", uri, Provider.S3, "b", state, attempt, inFlight, null, false);
  }
}
