package com.nomadicml.beam.pipeline;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.io.Serializable;
import javax.annotation.Nullable;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubIO;
import org.apache.beam.sdk.transforms.Create;
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
 * Writes rejected and finally failed items into a folder too, as {@code jsonl} manifests, or
 * publishes each as a line of one: once mended, they can be imported as they are. Takes rows, and
 * yields them unchanged.
 */
final class DeadLetters extends PTransform<PCollection<VideoStatus>, PCollection<VideoStatus>> {
  private static final Duration PATIENCE = Duration.standardMinutes(1);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TOPIC = "pubsub:";

  @Nullable private final String target;
  private final Finality finality;
  private final String runId;
  private final PubsubIO.Write<String> publish;

  private DeadLetters(
      @Nullable String target, Finality finality, String runId, PubsubIO.Write<String> publish) {
    this.target = target;
    this.finality = finality;
    this.runId = runId;
    this.publish = publish;
  }

  /**
   * @throws IllegalArgumentException when they are to go to a topic that can't be one
   */
  static DeadLetters of(ImportSettings settings) {
    return to(
        settings.deadLetter(),
        new Finality(settings.maxAttempts()),
        settings.runId(),
        PubsubIO.writeStrings());
  }

  /** Writes the dead letters of a run whose rows are all in the tables. */
  static void writeOf(ImportSettings settings, ImportOptions options) {
    if (settings.deadLetter() != null) {
      Pipeline pipeline = Pipeline.create(options);
      pipeline
          .apply("Run", Create.of(settings.runId()))
          .apply("ReadFailures", settings.store().readFailures())
          .apply("DeadLetters", of(settings));
      pipeline.run().waitUntilFinish();
    }
  }

  /**
   * @param publish how lines come to a topic
   */
  static DeadLetters to(
      @Nullable String target, Finality finality, String runId, PubsubIO.Write<String> publish) {
    if (!isTopic(target)) {
      return new DeadLetters(target, finality, runId, publish);
    }
    try {
      return new DeadLetters(target, finality, runId, publish.to(target.substring(TOPIC.length())));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "--deadLetter="
              + target
              + " names no topic: it takes pubsub:projects/PROJECT/topics/TOPIC ("
              + e.getMessage()
              + ")",
          e);
    }
  }

  static boolean isTopic(@Nullable String target) {
    return target != null && target.startsWith(TOPIC);
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
    if (target != null) {
      Finality finality = this.finality;
      PCollection<String> lines =
          rows.apply("Dead", Filter.by(finality::isDead))
              .apply("Lines", MapElements.into(TypeDescriptors.strings()).via(DeadLetters::line));
      if (isTopic(target)) {
        lines.apply("Publish", publish);
      } else {
        write(lines);
      }
    }
    return rows;
  }

  private void write(PCollection<String> lines) {
    TextIO.TypedWrite<String, Void> write =
        TextIO.<String>writeCustomType()
            .withFormatFunction(SerializableFunctions.identity())
            .to(prefix())
            .withSuffix(".jsonl")
            .withNumShards(1)
            .skipIfEmpty();
    if (lines.isBounded() == IsBounded.UNBOUNDED) {
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

  private String prefix() {
    return target + (target.endsWith("/") ? "" : "/") + "dead-letters-" + runId;
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
