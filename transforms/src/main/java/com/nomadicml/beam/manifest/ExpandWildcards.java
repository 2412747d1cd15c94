package com.nomadicml.beam.manifest;

import com.google.common.base.Throwables;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.RejectedException;
import com.nomadicml.beam.model.Rejection;
import com.nomadicml.beam.model.RejectionCode;
import com.nomadicml.beam.model.VideoUri;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.regex.PatternSyntaxException;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTagList;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;

/**
 * Lists the objects that wildcard lines match, each an entry of its line; what is no {@code .mp4}
 * is skipped. A pattern that matches no video is rejected.
 */
final class ExpandWildcards extends PTransform<PCollection<WildcardLine>, PCollectionTuple> {
  private final RowRules rules;

  ExpandWildcards(RowRules rules) {
    this.rules = rules;
  }

  @Override
  public PCollectionTuple expand(PCollection<WildcardLine> lines) {
    return lines
        .apply("Spread", Redistribute.arbitrarily())
        .apply(
            "List",
            ParDo.of(new ListFn(rules))
                .withOutputTags(
                    EntryOutput.ENTRIES,
                    TupleTagList.of(EntryOutput.REJECTIONS).and(EntryOutput.COUNTS)));
  }

  private static class ListFn extends DoFn<WildcardLine, ManifestEntry> {
    private static final long serialVersionUID = 1L;

    private final RowRules rules;

    ListFn(RowRules rules) {
      this.rules = rules;
    }

    @ProcessElement
    public void list(@Element WildcardLine line, MultiOutputReceiver out) {
      LineCounts counts = LineCounts.of(rules, line.getPattern().getManifest());
      list(line, counts, out);
      counts.sums().list().forEach(out.get(EntryOutput.COUNTS)::output);
    }

    private static void list(WildcardLine line, LineCounts counts, MultiOutputReceiver out) {
      counts.read();
      ManifestEntry entry = line.getPattern();
      List<String> matched;
      try {
        matched = match(entry.getSourceUri());
      } catch (RejectedException e) {
        reject(entry, line.getRaw(), e, counts, out);
        return;
      } catch (UncheckedIOException e) {
        throw new ManifestException(
            "%s, line %d: %s can't be listed: %s"
                .formatted(
                    entry.getManifest(),
                    entry.getLine(),
                    entry.getSourceUri(),
                    e.getCause().getMessage()),
            e.getCause());
      }
      counts.expanded(matched.size());
      for (String uri : matched) {
        if (isVideo(uri)) {
          expand(entry, uri, counts, out);
        } else {
          counts.skipped(SkipReason.NOT_MP4);
        }
      }
    }

    private static void expand(
        ManifestEntry entry, String uri, LineCounts counts, MultiOutputReceiver out) {
      try {
        String source = VideoUri.parse(uri).toString();
        out.get(EntryOutput.ENTRIES).output(entry.toBuilder().setSourceUri(source).build());
      } catch (RejectedException e) {
        reject(entry, uri, e, counts, out);
      }
    }

    private static void reject(
        ManifestEntry entry,
        String text,
        RejectedException cause,
        LineCounts counts,
        MultiOutputReceiver out) {
      counts.rejected();
      out.get(EntryOutput.REJECTIONS)
          .output(Rejection.of(entry.getManifest(), entry.getLine(), text, cause));
    }

    private static List<String> match(String pattern) throws RejectedException {
      if (pattern.regionMatches(true, 0, "hf://", 0, 5)) {
        throw wildcard("a wildcard of Hugging Face can't be listed: list each object explicitly");
      }
      if (pattern.regionMatches(true, 0, "s3://arn:", 0, 9)) {
        throw wildcard("a wildcard of an access point can't be listed: name its bucket instead");
      }
      try {
        MatchResult found = FileSystems.match(pattern, EmptyMatchTreatment.ALLOW);
        List<String> uris =
            found.metadata().stream().map(file -> file.resourceId().toString()).toList();
        if (uris.stream().noneMatch(ListFn::isVideo)) {
          throw wildcard(
              uris.isEmpty()
                  ? "the pattern matches no object"
                  : "the pattern matches " + uris.size() + " objects, none of them an .mp4");
        }
        return uris;
      } catch (IOException e) {
        Throwable cause = Throwables.getRootCause(e);
        if (cause instanceof PatternSyntaxException syntax) {
          throw wildcard("the pattern can't be understood: " + syntax.getDescription());
        }
        if (cause instanceof NoSuchBucketException || cause instanceof FileNotFoundException) {
          throw wildcard("the bucket does not exist");
        }
        throw new UncheckedIOException(e);
      }
    }

    private static RejectedException wildcard(String message) {
      return new RejectedException(RejectionCode.WILDCARD, message);
    }

    private static boolean isVideo(String uri) {
      return uri.toLowerCase(Locale.ROOT).endsWith(".mp4");
    }
  }
}
