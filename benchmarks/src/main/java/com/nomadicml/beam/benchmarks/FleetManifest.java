package com.nomadicml.beam.benchmarks;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A manifest of a fleet: clips in three buckets, imported into two folders.
 *
 * @param uris each is in the manifest once
 */
record FleetManifest(Path file, Set<String> uris) {
  private static final String SCHEME = "s3://";
  private static final int BUCKETS = 3;
  private static final int FOLDERS = 2;

  static FleetManifest write(Path file, int items) throws IOException {
    Set<String> uris = new LinkedHashSet<>();
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      out.write("uri,folder\n");
      for (int i = 0; i < items; i++) {
        int truck = i % (BUCKETS * FOLDERS);
        String uri =
            SCHEME + "fleet-%d/truck %d/clip-%07d.mp4".formatted(truck % BUCKETS, truck, i);
        uris.add(uri);
        out.write(uri + "," + folder(truck) + "\n");
      }
    }
    return new FleetManifest(file, uris);
  }

  /** A line of the manifest. */
  record Item(String bucket, String folder, String key) {}

  /** Its lines, in order. */
  List<Item> items() {
    List<Item> items = new ArrayList<>(uris.size());
    int line = 0;
    for (String uri : uris) {
      int slash = uri.indexOf('/', SCHEME.length());
      String folder = folder(line++ % targets());
      items.add(new Item(uri.substring(SCHEME.length(), slash), folder, uri.substring(slash + 1)));
    }
    return items;
  }

  /** Items of each target. */
  List<Integer> sizesOfTargets() {
    return IntStream.range(0, targets())
        .mapToObj(i -> (uris.size() + targets() - 1 - i) / targets())
        .toList();
  }

  private static String folder(int truck) {
    return "depot-" + truck / BUCKETS;
  }

  /** Targets that the items belong to. */
  static int targets() {
    return BUCKETS * FOLDERS;
  }
}
