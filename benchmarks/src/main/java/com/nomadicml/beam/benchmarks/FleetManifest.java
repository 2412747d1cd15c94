package com.nomadicml.beam.benchmarks;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A manifest of a fleet: clips in three buckets, imported into two folders.
 *
 * @param uris each is in the manifest once
 */
record FleetManifest(Path file, Set<String> uris) {
  private static final int BUCKETS = 3;
  private static final int FOLDERS = 2;

  static FleetManifest write(Path file, int items) throws IOException {
    Set<String> uris = new LinkedHashSet<>();
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      out.write("uri,folder\n");
      for (int i = 0; i < items; i++) {
        int truck = i % (BUCKETS * FOLDERS);
        String uri = "s3://fleet-%d/truck %d/clip-%07d.mp4".formatted(truck % BUCKETS, truck, i);
        uris.add(uri);
        out.write(uri + ",depot-" + truck / BUCKETS + "\n");
      }
    }
    return new FleetManifest(file, uris);
  }

  /** Targets that the items belong to. */
  static int targets() {
    return BUCKETS * FOLDERS;
  }
}
