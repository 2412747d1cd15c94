package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.model.Rejection;
import com.nomadicml.beam.model.ValueCoder;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Clock;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;

/** The rows of rejected lines, under the run's own destination. */
final class RejectedRows extends PTransform<PCollection<Rejection>, PCollection<VideoStatus>> {
  private final String destination;
  private final String runId;
  private final Clock clock;

  RejectedRows(ImportSettings settings, Clock clock) {
    this.destination = settings.destination();
    this.runId = settings.runId();
    this.clock = clock;
  }

  @Override
  public PCollection<VideoStatus> expand(PCollection<Rejection> rejections) {
    String destination = this.destination;
    String runId = this.runId;
    Clock clock = this.clock;
    return rejections
        .apply(
            "ToRows",
            MapElements.into(TypeDescriptor.of(VideoStatus.class))
                .via(
                    rejection ->
                        VideoStatus.rejected(rejection, destination, runId, clock.instant())))
        .setCoder(ValueCoder.of(VideoStatus.class));
  }
}
