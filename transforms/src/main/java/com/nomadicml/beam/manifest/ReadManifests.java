package com.nomadicml.beam.manifest;

import com.google.common.base.Splitter;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.RejectedException;
import com.nomadicml.beam.model.Rejection;
import com.nomadicml.beam.model.RejectionCode;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.annotation.Nullable;
import org.apache.beam.sdk.io.Compression;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithFailures;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Reads manifests of video URIs. Yields an entry for each good line, and as failures a {@link
 * Rejection} for each bad one; blank lines and comments are counted.
 *
 * <pre>{@code
 * WithFailures.Result<PCollection<ManifestEntry>, Rejection> lines =
 *     pipeline.apply(ReadManifests.from("gs://fleet/manifests/*.csv.gz"));
 * }</pre>
 *
 * <p>A manifest that can't be read as a whole fails the pipeline with a {@link ManifestException}.
 */
public final class ReadManifests
    extends PTransform<PBegin, WithFailures.Result<PCollection<ManifestEntry>, Rejection>> {
  private static final TupleTag<ManifestEntry> ENTRIES = new TupleTag<>() {};
  private static final TupleTag<Rejection> REJECTIONS = new TupleTag<>() {};

  private final List<String> paths;
  private final ManifestFormat format;
  private final UriField uriField;

  private ReadManifests(List<String> paths, ManifestFormat format, UriField uriField) {
    this.paths = paths;
    this.format = format;
    this.uriField = uriField;
  }

  /**
   * Reads all files that match.
   *
   * @param paths comma-separated paths or globs: local, {@code gs://} or {@code s3://}
   */
  public static ReadManifests from(String paths) {
    List<String> split = Splitter.on(',').trimResults().omitEmptyStrings().splitToList(paths);
    if (split.isEmpty()) {
      throw new IllegalArgumentException("--manifest names no file");
    }
    split.forEach(ReadManifests::checkIsNoDirectory);
    return new ReadManifests(split, ManifestFormat.AUTO, UriField.named(null));
  }

  /** Beam would skip it in silence. */
  private static void checkIsNoDirectory(String path) {
    if (!path.contains("://") && Files.isDirectory(Path.of(path))) {
      throw new IllegalArgumentException(
          "--manifest=" + path + " is a directory: name its files, as in " + path + "/*.csv");
    }
  }

  /** Reads every file in this format, whatever its name. */
  public ReadManifests withFormat(ManifestFormat format) {
    return new ReadManifests(paths, format, uriField);
  }

  /** Finds the URI in this column or property; null for the first usual one. */
  public ReadManifests withUriField(@Nullable String uriField) {
    return new ReadManifests(paths, format, UriField.named(uriField));
  }

  @Override
  public WithFailures.Result<PCollection<ManifestEntry>, Rejection> expand(PBegin begin) {
    PCollectionTuple lines =
        begin
            .apply("Paths", Create.of(paths))
            .apply("Match", FileIO.matchAll().withEmptyMatchTreatment(EmptyMatchTreatment.DISALLOW))
            .apply("Open", FileIO.readMatches().withCompression(Compression.AUTO))
            .apply(
                "Parse",
                ParDo.of(new ParseFn(format, uriField))
                    .withOutputTags(ENTRIES, TupleTagList.of(REJECTIONS)));
    return WithFailures.Result.of(lines.get(ENTRIES), lines.get(REJECTIONS));
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder
        .add(DisplayData.item("manifest", String.join(",", paths)))
        .add(DisplayData.item("format", format.name()));
  }

  private static class ParseFn extends DoFn<FileIO.ReadableFile, ManifestEntry> {
    private static final long serialVersionUID = 1L;

    private final ManifestFormat format;
    private final UriField uriField;

    ParseFn(ManifestFormat format, UriField uriField) {
      this.format = format;
      this.uriField = uriField;
    }

    @ProcessElement
    public void parse(@Element FileIO.ReadableFile file, MultiOutputReceiver out) {
      String path = file.getMetadata().resourceId().toString();
      EntryMapper mapper = new EntryMapper(path, uriField);
      ManifestParser parser = ManifestParser.of(format.of(path), path, uriField);
      try (InputStream in = Channels.newInputStream(open(file, path))) {
        parser.parse(in, new Output(path, mapper, out));
      } catch (EOFException e) {
        throw new ManifestException(path + " can't be read: the file is cut short", e);
      } catch (IOException e) {
        throw new ManifestException(path + " can't be read: " + e.getMessage(), e);
      }
    }

    /** Beam knows gzip by .gz alone. */
    private static ReadableByteChannel open(FileIO.ReadableFile file, String path)
        throws IOException {
      ReadableByteChannel channel = file.open();
      return path.toLowerCase(Locale.ROOT).endsWith(".gzip")
          ? Compression.GZIP.readDecompressed(channel)
          : channel;
    }
  }

  /** Sends each line to where it belongs, and counts it. */
  private record Output(String path, EntryMapper mapper, DoFn.MultiOutputReceiver out)
      implements RowSink {

    @Override
    public void row(ManifestRow row) {
      try {
        out.get(ENTRIES).output(mapper.map(row));
        ManifestMetrics.counter(ManifestMetrics.LINES_READ).inc();
      } catch (RejectedException e) {
        reject(row.line(), row.raw(), e);
      }
    }

    @Override
    public void blank() {
      ManifestMetrics.counter(ManifestMetrics.LINES_READ).inc();
      ManifestMetrics.counter(ManifestMetrics.BLANK_LINES).inc();
    }

    @Override
    public void unreadable(long line, String raw, String reason) {
      reject(line, raw, new RejectedException(RejectionCode.UNREADABLE_LINE, reason));
    }

    private void reject(long line, String raw, RejectedException cause) {
      ManifestMetrics.counter(ManifestMetrics.LINES_READ).inc();
      ManifestMetrics.counter(ManifestMetrics.REJECTED_LINES).inc();
      out.get(REJECTIONS).output(Rejection.of(path, line, raw, cause));
    }
  }
}
