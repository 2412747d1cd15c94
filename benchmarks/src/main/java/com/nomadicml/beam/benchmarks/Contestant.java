package com.nomadicml.beam.benchmarks;

import com.nomadicml.beam.pipeline.NomadicImport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.annotation.Nullable;

/** A program that imports a manifest: the launcher, and the yardsticks beside it. */
enum Contestant {
  LAUNCHER("launcher") {
    @Override
    List<String> command(Work work) {
      return JavaCommand.of(work.jvmOptions(), NomadicImport.class, work.options());
    }
  },

  EARLIER("earlier launcher") {
    @Override
    List<String> command(Work work) {
      return JavaCommand.ofJar(work.jvmOptions(), work.earlier(), work.options());
    }
  },

  STRAIGHT_LINE("straight-line Java") {
    @Override
    List<String> command(Work work) {
      return JavaCommand.of(
          work.jvmOptions(),
          StraightLineImport.class,
          work.manifest().toString(),
          work.tables().url(),
          work.apiUrl());
    }
  },

  VENDOR_LOOP("vendor's loop, Python") {
    @Override
    List<String> command(Work work) throws IOException {
      Path script = work.directory().resolve(SCRIPT);
      try (InputStream source = Contestant.class.getResourceAsStream("/" + SCRIPT)) {
        Files.write(script, source.readAllBytes());
      }
      String file = work.tables().url().substring("jdbc:sqlite:".length());
      return List.of(PYTHON, script.toString(), work.manifest().toString(), file, work.apiUrl());
    }
  };

  private static final String SCRIPT = "vendor_loop.py";
  private static final String PYTHON = "python3";

  private final String title;

  Contestant(String title) {
    this.title = title;
  }

  /**
   * What is to be imported, and how.
   *
   * @param jvmOptions of programs in Java
   * @param earlier the launcher of another version
   * @param directory for files of the run
   */
  record Work(
      Path manifest,
      Tables tables,
      String apiUrl,
      List<String> jvmOptions,
      @Nullable Path earlier,
      Path directory) {

    private String[] options() {
      return new String[] {
        "--manifest=" + manifest,
        "--statusTable=" + tables.url(),
        "--apiUrl=" + apiUrl,
        "--requestsPerMinute=0",
        "--requestsPerDay=0"
      };
    }
  }

  /** The command that does {@code work}. */
  abstract List<String> command(Work work) throws IOException;

  String title() {
    return title;
  }

  /** Whether its tables say what a run has cost. */
  boolean keepsRuns() {
    return this == LAUNCHER || this == EARLIER;
  }

  /** Python's own library has a driver for SQLite only. */
  boolean canWriteTo(String store) {
    return this != VENDOR_LOOP || store.equals(FreshTables.SQLITE);
  }

  /** Whether this machine has what it takes. */
  boolean isHere() throws InterruptedException {
    if (this != VENDOR_LOOP) {
      return true;
    }
    try {
      return new ProcessBuilder(PYTHON, "-c", "import sqlite3")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException absent) {
      return false;
    }
  }
}
