package com.nomadicml.beam.benchmarks;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A manifest of any size: single videos in buckets of all three providers, in turns. */
final class MixedManifest {
  /** The emulator has a saved integration for each that begins with {@code gs://}. */
  private static final List<String> BUCKETS =
      List.of(
          "gs://fleet-recordings/",
          "s3://drive-data/",
          "s3://drive-archive/",
          "gs://fleet-archive/",
          "hf://buckets/nomadic/demo/",
          "s3://drive-depot/");

  private static final int CLIPS_OF_A_DRIVE = 120;
  private static final int VEHICLES = 400;

  private MixedManifest() {}

  /** Writes {@code items} URIs, a line each, always the same. */
  static void write(Path file, int items) throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (int i = 0; i < items; i++) {
        int drive = i / CLIPS_OF_A_DRIVE;
        out.write(BUCKETS.get(i % BUCKETS.size()));
        out.write(
            String.format(
                Locale.ROOT,
                "vehicle-%03d/drive-%06d/front-%07d.mp4\n",
                drive % VEHICLES,
                drive,
                i));
      }
    }
  }
}
