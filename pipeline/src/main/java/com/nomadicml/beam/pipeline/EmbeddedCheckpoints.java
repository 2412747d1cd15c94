package com.nomadicml.beam.pipeline;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where a stream on the embedded Flink keeps its checkpoints: in files, as what Flink keeps in
 * memory may have 5 MB, and a stream that has more fails with each checkpoint from then on. They
 * end with the process, which nothing can go on from; what it knew is in the tables.
 */
final class EmbeddedCheckpoints {
  private EmbeddedCheckpoints() {}

  /** Whether Flink runs in this process, with nothing said of its state. */
  static boolean isNeeded(List<String> args, boolean hasFlinkConfiguration) {
    boolean embedded =
        args.stream()
            .filter(arg -> arg.startsWith("--flinkMaster="))
            .allMatch(arg -> arg.matches("--flinkMaster=\\[(auto|local)]"));
    return embedded
        && !hasFlinkConfiguration
        && args.stream().noneMatch(arg -> arg.matches("--(stateBackend|flinkConfDir).*"));
  }

  /** A new folder, which is gone when the process ends. */
  static Path folder() {
    try {
      Path folder = Files.createTempDirectory("nomadic-import-checkpoints");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for checkpoints can be made", e);
    }
  }

  private static void delete(Path folder) {
    try {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    } catch (IOException e) {
      // Flink was still writing: what is left lies with the system's temporary files.
    }
  }
}
