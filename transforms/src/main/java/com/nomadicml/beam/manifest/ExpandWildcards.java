package com.nomadicml.beam.manifest;

import com.google.common.base.Throwables;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.RejectedException;
import com.nomadicml.beam.model.Rejection;
import com.nomadicml.beam.model.RejectionCode;
import com.nomadicml.beam.model.VideoUri;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;
import javax.annotation.Nullable;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
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
  private final FileFaults faults;

  ExpandWildcards(RowRules rules, FileFaults faults) {
    this.rules = rules;
    this.faults = faults;
  }

  @Override
  public PCollectionTuple expand(PCollection<WildcardLine> lines) {
    return lines
        .apply("Spread", Redistribute.arbitrarily())
        .apply(
            "List",
            ParDo.of(new ListFn(rules, faults))
                .withOutputTags(
                    EntryOutput.ENTRIES,
                    TupleTagList.of(EntryOutput.REJECTIONS).and(EntryOutput.COUNTS)));
  }

  private static class ListFn extends DoFn<WildcardLine, ManifestEntry> {
    private static final long serialVersionUID = 1L;

    private final RowRules rules;
    private final FileFaults faults;

    /**
     * What a pattern matches.
     *
     * @param refusal why it can never match anything, or null
     */
    private record Listing(List<String> uris, @Nullable String refusal) {}

    ListFn(RowRules rules, FileFaults faults) {
      this.rules = rules;
      this.faults = faults;
    }

    @ProcessElement
    public void list(@Element WildcardLine line, MultiOutputReceiver out) {
      LineCounts counts = LineCounts.of(rules, line.getPattern().getManifest());
      list(line, counts, out);
      counts.sums().list().forEach(out.get(EntryOutput.COUNTS)::output);
    }

    private void list(WildcardLine line, LineCounts counts, MultiOutputReceiver out) {
      counts.read();
      ManifestEntry entry = line.getPattern();
      Optional<Listing> found =
          faults.read(
              entry.getManifest(),
              () -> list(entry),
              why -> reject(entry, line.getRaw(), wildcard(why.getMessage()), counts, out));
      if (found.isEmpty()) {
        return;
      }
      List<String> matched = found.get().uris();
      String refusal = found.get().refusal();
      if (refusal == null && matched.stream().noneMatch(ListFn::isVideo)) {
        refusal =
            matched.isEmpty()
                ? "the pattern matches no object"
                : "the pattern matches " + matched.size() + " objects, none of them an .mp4";
      }
      if (refusal != null) {
        reject(entry, line.getRaw(), wildcard(refusal), counts, out);
        return;
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

    private static Listing list(ManifestEntry entry) {
      String pattern = entry.getSourceUri();
      if (pattern.regionMatches(true, 0, "hf://", 0, 5)) {
        return refused("a wildcard of Hugging Face can't be listed: list each object explicitly");
      }
      if (pattern.regionMatches(true, 0, "s3://arn:", 0, 9)) {
        return refused("a wildcard of an access point can't be listed: name its bucket instead");
      }
      try {
        return new Listing(StoreChannel.ask(() -> match(pattern)), null);
      } catch (IOException e) {
        Throwable cause = Throwables.getRootCause(e);
        if (cause instanceof PatternSyntaxException syntax) {
          return refused("the pattern can't be understood: " + syntax.getDescription());
        }
        if (cause instanceof NoSuchBucketException || cause instanceof FileNotFoundException) {
          return refused("the bucket does not exist");
        }
        throw new ManifestException(
            "%s, line %d: %s can't be listed: %s"
                .formatted(entry.getManifest(), entry.getLine(), pattern, e.getMessage()),
            e);
      }
    }

    private static List<String> match(String pattern) throws IOException {
      return FileSystems.match(pattern, EmptyMatchTreatment.ALLOW).metadata().stream()
          .map(file -> file.resourceId().toString())
          .toList();
    }

    private static Listing refused(String why) {
      return new Listing(List.of(), why);
    }

    private static RejectedException wildcard(String message) {
      return new RejectedException(RejectionCode.WILDCARD, message);
    }

    private static boolean isVideo(String uri) {
      return uri.toLowerCase(Locale.ROOT).endsWith(".mp4");
    }
  }
}
