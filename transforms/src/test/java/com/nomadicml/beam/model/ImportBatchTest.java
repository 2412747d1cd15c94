package com.nomadicml.beam.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class ImportBatchTest {
  private static final ImportTarget TARGET =
      ImportTarget.of(Provider.GCS, "b", "i", "f", "org", false);
  private static final List<ImportItem> ITEMS = List.of(item("gs://b/a.mp4"), item("gs://b/b.mp4"));

  @Property(tries = 100)
  void theIdDoesNotDependOnTheOrderOfItems(@ForAll long seed) {
    List<ImportItem> items =
        new ArrayList<>(
            IntStream.range(0, 50).mapToObj(i -> item("gs://b/" + i + ".mp4")).toList());
    ImportBatch sorted = ImportBatch.of(TARGET, items, 1);
    Collections.shuffle(items, new Random(seed));
    ImportBatch shuffled = ImportBatch.of(TARGET, items, 1);
    assertThat(shuffled.getBatchId()).isEqualTo(sorted.getBatchId());
    assertThat(shuffled.getItems())
        .isEqualTo(sorted.getItems())
        .isSortedAccordingTo((a, b) -> a.getSourceUri().compareTo(b.getSourceUri()));
  }

  @Example
  void theIdDoesNotDependOnTheOrderOfViewsOrTheirPlaceInTheManifest() {
    Map<String, String> views = new LinkedHashMap<>();
    views.put("rear", "gs://b/r.mp4");
    views.put("front", "gs://b/f.mp4");
    Map<String, String> turned = new LinkedHashMap<>();
    turned.put("front", "gs://b/f.mp4");
    turned.put("rear", "gs://b/r.mp4");
    assertThat(id(TARGET, List.of(ImportItem.of("gs://b/f.mp4", views, "m", 1)), 1))
        .isEqualTo(id(TARGET, List.of(ImportItem.of("gs://b/f.mp4", turned, "n", 9)), 1));
  }

  @Example
  void theIdDependsOnAttemptTargetAndItems() {
    Set<String> ids = new HashSet<>();
    List<String> all =
        List.of(
            id(TARGET, ITEMS, 1),
            id(TARGET, ITEMS, 2),
            id(TARGET, ITEMS.subList(0, 1), 1),
            id(TARGET, List.of(), 1),
            id(ImportTarget.of(Provider.S3, "b", "i", "f", "org", false), ITEMS, 1),
            id(ImportTarget.of(Provider.GCS, "c", "i", "f", "org", false), ITEMS, 1),
            id(ImportTarget.of(Provider.GCS, "b", "j", "f", "org", false), ITEMS, 1),
            id(ImportTarget.of(Provider.GCS, "b", null, "f", "org", false), ITEMS, 1),
            id(ImportTarget.of(Provider.GCS, "b", "i", "g", "org", false), ITEMS, 1),
            id(ImportTarget.of(Provider.GCS, "b", "i", null, "org", false), ITEMS, 1),
            id(ImportTarget.of(Provider.GCS, "b", "i", "f", "user", false), ITEMS, 1),
            id(ImportTarget.of(Provider.GCS, "b", "i", "f", "org", true), ITEMS, 1));
    ids.addAll(all);
    assertThat(ids).hasSameSizeAs(all).allMatch(id -> id.matches("[0-9a-f]{32}"));
  }

  @Example
  void theIdDependsOnTheViews() {
    Map<String, String> views = Map.of("front", "gs://b/f.mp4", "left", "gs://b/l.mp4");
    Map<String, String> other = Map.of("front", "gs://b/f.mp4", "right", "gs://b/l.mp4");
    assertThat(id(TARGET, List.of(ImportItem.of("gs://b/f.mp4", views, "m", 1)), 1))
        .isNotEqualTo(id(TARGET, List.of(ImportItem.of("gs://b/f.mp4", other, "m", 1)), 1));
  }

  @Example
  void textsThatJoinAlikeHaveTheirOwnIds() {
    assertThat(id(ImportTarget.of(Provider.S3, "bc", "d", null, "org", false), ITEMS, 1))
        .isNotEqualTo(id(ImportTarget.of(Provider.S3, "b", "cd", null, "org", false), ITEMS, 1));
  }

  @Example
  void theIdIsTheSameInEveryProcess() {
    // Map.of has another order in each process; the key of a batch that is sent again has not.
    Map<String, String> views =
        Map.of("front", "gs://b/a.mp4", "left", "gs://b/l.mp4", "top", "gs://b/t.mp4");
    assertThat(id(TARGET, List.of(ImportItem.of("gs://b/a.mp4", views, "m", 1)), 1))
        .isEqualTo("877024c83eea9db622f3e4800cf907a3");
  }

  @Example
  void aPlannedBatchKeepsItsId() {
    ImportBatch planned = ImportBatch.planned("from-the-ledger", TARGET, ITEMS, 3);
    assertThat(planned.getBatchId()).isEqualTo("from-the-ledger");
    assertThat(planned.getItems()).isEqualTo(ITEMS);
    assertThat(planned.getAttempt()).isEqualTo(3);
  }

  private static String id(ImportTarget target, List<ImportItem> items, int attempt) {
    return ImportBatch.of(target, items, attempt).getBatchId();
  }

  private static ImportItem item(String uri) {
    return ImportItem.of(uri, Map.of(), "m", 1);
  }
}
