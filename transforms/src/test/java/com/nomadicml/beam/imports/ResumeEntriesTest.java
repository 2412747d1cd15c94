package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.junit.jupiter.api.Test;

/**
 * What a line names itself, a stream that is started anew still knows; what a run gave, it gives.
 */
class ResumeEntriesTest {
  private static final Instant AT = Instant.parse("2026-11-24T10:00:00Z");
  private static final ImportDefaults RUN =
      new ImportDefaults(null, "user", Map.of("fleet", "of the run"));
  private static final ImportDefaults NEXT_RUN =
      new ImportDefaults(null, "user", Map.of("fleet", "of the next run"));

  @Test
  void theIntegrationOfALineOutlivesTheStreamThatHasClaimedIt() {
    VideoStatus claimed =
        EntryRow.of(entry("of the line"), "run-1").inState(VideoState.PENDING, AT);

    resumes(claimed, "of the line");
  }

  @Test
  void theIntegrationOfALineOutlivesItsBatch() {
    ImportBatch batch =
        new ShardPlanner("run-1", Clock.fixed(AT, ZoneOffset.UTC), 1, 1)
            .plan(List.of(entry("of the line")), List.of(), List.of())
            .batches()
            .get(0);
    VideoStatus sent =
        VideoStatus.of(batch, batch.getItems().get(0), "run-1").inState(VideoState.MISSING, AT);

    assertThat(sent.item()).isEqualTo(batch.getItems().get(0));
    resumes(sent, "of the line");
  }

  /** It may have been wrong. */
  @Test
  void theIntegrationOfARunDoesNot() {
    resumes(EntryRow.of(entry(null), "run-1").inState(VideoState.PENDING, AT), "of the next run");
  }

  private static ManifestEntry entry(String integrationId) {
    return RUN.complete(
        ManifestEntry.builder()
            .setManifest("m.csv")
            .setLine(1)
            .setSourceUri("gs://fleet/1.mp4")
            .setIntegrationId(integrationId)
            .build());
  }

  private static void resumes(VideoStatus row, String integrationId) {
    TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    PAssert.thatSingleton(
            pipeline
                .apply(Create.of(row).withType(TypeDescriptor.of(VideoStatus.class)))
                .apply(ResumeEntries.of(2, OnUnknownSubmit.RESEND))
                .apply(CompleteEntries.with(NEXT_RUN)))
        .satisfies(
            entry -> {
              assertThat(entry.getIntegrationId()).isEqualTo(integrationId);
              return null;
            });
    pipeline.run().waitUntilFinish();
  }
}
