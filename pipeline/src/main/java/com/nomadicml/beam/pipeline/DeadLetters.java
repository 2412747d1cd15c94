package com.nomadicml.beam.pipeline;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.io.Serializable;
import javax.annotation.Nullable;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.SerializableFunctions;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;

/**
 * Writes rejected and finally failed items into a folder too, as {@code jsonl} manifests: once
 * mended, they can be imported as they are. Takes rows, and yields them unchanged.
 */
final class DeadLetters extends PTransform<PCollection<VideoStatus>, PCollection<VideoStatus>> {
  private static final Duration PATIENCE = Duration.standardMinutes(1);
  private static final ObjectMapper JSON = new ObjectMapper();

  @Nullable private final String folder;
  private final Finality finality;
  private final String runId;

  private DeadLetters(@Nullable String folder, Finality finality, String runId) {
    this.folder = folder;
    this.finality = finality;
    this.runId = runId;
  }

  static DeadLetters of(ImportSettings settings) {
    return new DeadLetters(
        settings.deadLetter(), new Finality(settings.maxAttempts()), settings.runId());
  }

  /** Which rows are the end of their item. */
  record Finality(int maxAttempts) implements Serializable {
    boolean isDead(VideoStatus row) {
      return row.getState() == VideoState.REJECTED
          || (row.getState().isFailure() && row.getAttempt() >= maxAttempts);
    }
  }

  @Override
  public PCollection<VideoStatus> expand(PCollection<VideoStatus> rows) {
    if (folder != null) {
      Finality finality = this.finality;
      PCollection<String> lines =
          rows.apply("Dead", Filter.by(finality::isDead))
              .apply("Lines", MapElements.into(TypeDescriptors.strings()).via(DeadLetters::line));
      TextIO.TypedWrite<String, Void> write =
          TextIO.<String>writeCustomType()
              .withFormatFunction(SerializableFunctions.identity())
              .to(prefix())
              .withSuffix(".jsonl")
              .withNumShards(1)
              .skipIfEmpty();
      if (rows.isBounded() == IsBounded.UNBOUNDED) {
        lines
            .apply(
                "EachMinute",
                Window.<String>into(new GlobalWindows())
                    .triggering(
                        Repeatedly.forever(
                            AfterProcessingTime.pastFirstElementInPane().plusDelayOf(PATIENCE)))
                    .discardingFiredPanes())
            .apply("Write", write.withWindowedWrites());
      } else {
        lines.apply("Write", write);
      }
    }
    return rows;
  }

  private String prefix() {
    return folder + (folder.endsWith("/") ? "" : "/") + "dead-letters-" + runId;
  }

  /** A line of a manifest; of a rejected one, its text. */
  static String line(VideoStatus row) {
    if (row.getState() == VideoState.REJECTED) {
      return JSON.getNodeFactory().textNode(row.getSourceUri()).toString();
    }
    ObjectNode line = JSON.createObjectNode();
    if (row.getViews().isEmpty()) {
      line.put("uri", row.getSourceUri());
    } else {
      line.set("views", JSON.valueToTree(row.getViews()));
    }
    line.put("scope", ImportTarget.scopeOf(row.getDestination()));
    String folder = ImportTarget.folderOf(row.getDestination());
    if (folder != null) {
      line.put("folder", folder);
    }
    row.getLabels().forEach(line::put);
    return line.toString();
  }
}
