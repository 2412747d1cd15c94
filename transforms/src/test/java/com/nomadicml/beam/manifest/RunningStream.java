package com.nomadicml.beam.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Rejection;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.WithFailures;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;

/** A pipeline that runs for ever on the direct runner, and what it has yielded so far. */
final class RunningStream implements AutoCloseable {
  private static final Map<String, BlockingQueue<String>> SEEN = new ConcurrentHashMap<>();

  private final String run = UUID.randomUUID().toString();
  private final TestPipeline pipeline = TestPipeline.fromOptions(options());
  private PipelineResult result;

  private static DirectOptions options() {
    DirectOptions options = PipelineOptionsFactory.as(DirectOptions.class);
    options.setBlockOnRun(false);
    return options;
  }

  private RunningStream() {
    pipeline.enableAbandonedNodeEnforcement(false);
    SEEN.put(run, new LinkedBlockingQueue<>());
  }

  /** Yields the URI of each entry, and {@code <file> <code>: <message>} of each rejection. */
  static RunningStream of(
      PTransform<PBegin, WithFailures.Result<PCollection<ManifestEntry>, Rejection>> read) {
    return of(read, ManifestEntry::getSourceUri);
  }

  static RunningStream of(
      PTransform<PBegin, WithFailures.Result<PCollection<ManifestEntry>, Rejection>> read,
      SerializableFunction<ManifestEntry, String> name) {
    RunningStream stream = new RunningStream();
    WithFailures.Result<PCollection<ManifestEntry>, Rejection> lines = stream.pipeline.apply(read);
    stream.keep("Entries", lines.output(), name);
    stream.keep("Rejections", lines.failures(), RunningStream::rejected);
    return stream.start();
  }

  /** Yields what a step makes of the entries. */
  static RunningStream through(
      ReadManifests read, PTransform<PCollection<ManifestEntry>, PCollection<String>> step) {
    RunningStream stream = new RunningStream();
    stream.keep("Made", stream.pipeline.apply(read).output().apply("Step", step), text -> text);
    return stream.start();
  }

  private RunningStream start() {
    result = pipeline.run();
    return this;
  }

  private static String rejected(Rejection line) {
    String file = line.getManifest().substring(line.getManifest().lastIndexOf('/') + 1);
    return file + " " + line.getCode() + ": " + line.getMessage();
  }

  private <T> void keep(
      String name, PCollection<T> elements, SerializableFunction<T, String> text) {
    String key = run;
    elements.apply(
        "Keep" + name,
        MapElements.into(TypeDescriptors.voids())
            .via(
                (T element) -> {
                  BlockingQueue<String> seen = SEEN.get(key);
                  if (seen != null) {
                    seen.add(text.apply(element));
                  }
                  return null;
                }));
  }

  /** The next so many that it yields; it fails when they do not come within two minutes. */
  List<String> next(int count) {
    return Stream.generate(this::next).limit(count).collect(Collectors.toList());
  }

  private String next() {
    try {
      String next = null;
      for (int looks = 0; looks < 120 && next == null; looks++) {
        next = SEEN.get(run).poll(1, TimeUnit.SECONDS);
        assertThat(result.getState()).isEqualTo(PipelineResult.State.RUNNING);
      }
      assertThat(next).as("the next that the stream yields").isNotNull();
      return next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** What it has yielded and nobody has asked for. */
  Collection<String> more() {
    return List.copyOf(SEEN.get(run));
  }

  @Override
  public void close() throws Exception {
    result.cancel();
    SEEN.remove(run);
  }
}
