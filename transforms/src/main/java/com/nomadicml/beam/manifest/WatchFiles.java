package com.nomadicml.beam.manifest;

import static java.util.stream.Collectors.partitioningBy;

import com.google.common.base.Throwables;
import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.model.VisibleText;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.Keys;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.Watch;
import org.apache.beam.sdk.transforms.Watch.Growth.PollFn;
import org.apache.beam.sdk.transforms.Watch.Growth.PollResult;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.joda.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for files for ever. Yields the path of each that is new, and of each whose {@link
 * StoredFile#stamp} is another one since, at the time of the look. The watermark is the time of the
 * last look, whether it found anything or not.
 */
final class WatchFiles extends PTransform<PBegin, PCollection<String>> {
  private final List<String> paths;
  private final Duration interval;

  /**
   * How files are watched.
   *
   * @param interval how often to look for them
   * @param sleeper lets time pass before a store is asked again
   */
  record Settings(Duration interval, Sleeper sleeper) {}

  WatchFiles(List<String> paths, Duration interval) {
    this.paths = paths;
    this.interval = interval;
  }

  @Override
  public PCollection<String> expand(PBegin begin) {
    Map<Boolean, List<String>> byKind =
        paths.stream().collect(partitioningBy(WatchFiles::isNamedLikeAPattern));
    PCollectionList<String> files = PCollectionList.empty(begin.getPipeline());
    for (boolean named : new boolean[] {false, true}) {
      if (!byKind.get(named).isEmpty()) {
        String kind = named ? "Named" : "";
        files =
            files.and(
                begin
                    .apply(kind + "Paths", Create.of(byKind.get(named)))
                    .apply(
                        kind + "Watch",
                        Watch.growthOf(new Look(named))
                            .withPollInterval(org.joda.time.Duration.millis(interval.toMillis())))
                    .apply(kind + "Found", Values.create())
                    .apply(kind + "Path", Keys.create()));
      }
    }
    return files.apply("Files", Flatten.pCollections());
  }

  /** Whether a file of this name is there when the stream starts: then it is no pattern. */
  private static boolean isNamedLikeAPattern(String path) {
    try {
      return StoredFile.isPattern(path) && new StoredFile(path).exists();
    } catch (IOException e) {
      return false; // A worker may list what this machine may not.
    }
  }

  /**
   * What is there now, by path and stamp. A folder that can't be listed is listed the next time.
   */
  private static final class Look extends PollFn<String, KV<String, String>> {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(WatchFiles.class);

    /** Whether the path is the name of one file, whatever characters it has. */
    private final boolean named;

    Look(boolean named) {
      this.named = named;
    }

    @Override
    public PollResult<KV<String, String>> apply(String path, Context context) {
      Instant now = Instant.now();
      return PollResult.incomplete(now, files(path)).withWatermark(now);
    }

    private List<KV<String, String>> files(String path) {
      try {
        return find(path).stream()
            .map(file -> KV.of(file.resourceId().toString(), StoredFile.stamp(file)))
            .toList();
      } catch (FileNotFoundException e) {
        return List.of();
      } catch (IOException | RuntimeException e) {
        if (e instanceof ManifestException && e.getCause() == null) {
          return List.of(); // There is no such file, or no complete report, yet.
        }
        if (Throwables.getRootCause(e) instanceof PatternSyntaxException syntax) {
          throw new ManifestException(
              path + ": the pattern can't be understood: " + syntax.getDescription(), e);
        }
        LOG.warn(
            "{} can't be listed now, so no file of it is found: {}",
            VisibleText.of(path),
            VisibleText.of(String.valueOf(e.getMessage())));
        return List.of();
      }
    }

    private List<MatchResult.Metadata> find(String path) throws IOException {
      if (named) {
        Optional<MatchResult.Metadata> file = new StoredFile(path).metadata();
        return file.map(List::of).orElse(List.of());
      }
      return ManifestPaths.find(new NewestInventory().apply(path));
    }
  }
}
