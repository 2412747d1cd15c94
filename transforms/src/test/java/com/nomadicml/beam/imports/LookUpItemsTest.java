package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.LedgerByKey;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LookUpItemsTest {
  private static final AtomicInteger QUERIES = new AtomicInteger();
  private static final AtomicInteger KEYS = new AtomicInteger();

  /** Knows every item, and counts what it is asked. */
  private record Counted() implements LedgerByKey {
    @Override
    public boolean isCheaper(String destination, long items) {
      return true;
    }

    @Override
    public List<VideoStatus> videos(String destination, Collection<String> sourceUris) {
      QUERIES.incrementAndGet();
      KEYS.addAndGet(sourceUris.size());
      return sourceUris.stream().map(uri -> row(destination, uri)).toList();
    }

    @Override
    public PTransform<PCollection<String>, PCollection<VideoStatus>> readOpenVideos(String runId) {
      throw new UnsupportedOperationException();
    }

    @Override
    public PTransform<PCollection<String>, PCollection<JobStatus>> readOpenJobs(String runId) {
      throw new UnsupportedOperationException();
    }
  }

  @BeforeEach
  void reset() {
    QUERIES.set(0);
    KEYS.set(0);
  }

  @Test
  void aThousandItemsOfADestinationAreOneQuery() {
    List<ManifestEntry> entries =
        IntStream.range(0, 20_000).mapToObj(i -> entry(i % 2 == 0 ? "near" : "far", i)).toList();

    lookUp(entries, List.of("user/near"), 10_000);

    // The runner's bundles are at least some thousand items large.
    assertThat(QUERIES).hasValueBetween(10, 100);
    assertThat(KEYS).hasValue(10_000);
  }

  @Test
  void nothingIsAskedOfALedgerThatIsReadAsAWhole() {
    lookUp(List.of(entry("near", 1)), List.of(), 0);

    assertThat(QUERIES).hasValue(0);
  }

  private static void lookUp(List<ManifestEntry> entries, List<String> destinations, long rows) {
    TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    PCollectionView<List<String>> named =
        pipeline
            .apply("Named", Create.of(destinations).withType(TypeDescriptors.strings()))
            .apply(View.asList());
    PAssert.thatSingleton(
            pipeline
                .apply(Create.of(entries))
                .apply(ItemsByDestination.create())
                .apply(LookUpItems.in(new Counted(), named))
                .apply(Count.globally()))
        .isEqualTo(rows);
    pipeline.run().waitUntilFinish();
  }

  private static ManifestEntry entry(String folder, int number) {
    return ManifestEntry.builder()
        .setManifest("m.txt")
        .setLine(number)
        .setSourceUri("gs://fleet/" + number + ".mp4")
        .setScope("user")
        .setFolder(folder)
        .build();
  }

  private static VideoStatus row(String destination, String uri) {
    return VideoStatus.builder()
        .setDestination(destination)
        .setSourceUri(uri)
        .setManifest("m.txt")
        .setLine(1)
        .setRunId("run-1")
        .inState(VideoState.UPLOADED, Instant.EPOCH);
  }
}
