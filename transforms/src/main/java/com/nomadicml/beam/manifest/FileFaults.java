package com.nomadicml.beam.manifest;

import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.model.RejectedException;
import com.nomadicml.beam.model.Rejection;
import com.nomadicml.beam.model.RejectionCode;
import com.nomadicml.beam.model.VisibleText;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import javax.annotation.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of a file that can't be read. A batch run ends with it. A stream rejects it as a
 * whole, goes on, and reads it again when it has changed.
 *
 * <p>A stream takes a fault of the file at its word. A fault of the store ({@link StoreException})
 * may pass, so the store is asked again five times, for half a minute in all, before the file is
 * rejected. The engine is never left to run the bundle again: the direct runner ends with it, and
 * Dataflow would try for ever.
 */
final class FileFaults implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(FileFaults.class);

  private static final int STORE_TRIES = 6;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  /** Null in a batch run. */
  @Nullable private final Sleeper sleeper;

  private FileFaults(@Nullable Sleeper sleeper) {
    this.sleeper = sleeper;
  }

  static FileFaults ofBatch() {
    return new FileFaults(null);
  }

  /**
   * @param sleeper lets time pass between two requests to a store
   */
  static FileFaults ofStream(Sleeper sleeper) {
    return new FileFaults(sleeper);
  }

  boolean isOfStream() {
    return sleeper != null;
  }

  /** What is read of a file; it may be read more than once. */
  interface Reading<T> {
    T read() throws IOException;
  }

  /**
   * Reads a file, or what a manifest has listed.
   *
   * @param path what it is called
   * @param rejected takes why it can't be read, in a stream
   * @return what was read, or nothing when it was rejected
   * @throws ManifestException when it can't be read, in a batch run
   */
  <T> Optional<T> read(String path, Reading<T> reading, Consumer<ManifestException> rejected) {
    for (int tries = 1; ; tries++) {
      Throwable failure;
      try {
        return Optional.of(reading.read());
      } catch (IOException | StackOverflowError | OutOfMemoryError | LinkageError e) {
        failure = e;
      } catch (RuntimeException e) {
        if (!isOfStream()) {
          throw e;
        }
        failure = e;
      }
      if (!isOfStream()) {
        throw ManifestException.of(path, failure);
      }
      if (tries == STORE_TRIES || StoreException.behind(failure).isEmpty()) {
        rejected.accept(ManifestException.of(path, failure));
        return Optional.empty();
      }
      pause(path, tries, failure);
    }
  }

  /** As {@link #read(String, Reading, Consumer)}, of a file that is rejected as a whole. */
  <T> Optional<T> read(String path, RowRules rules, Reading<T> reading, TaggedOutput out) {
    return read(path, reading, why -> reject(path, rules, why, out));
  }

  private static void reject(String path, RowRules rules, ManifestException why, TaggedOutput out) {
    LOG.warn("{}", VisibleText.of(why.getMessage()));
    LineCounts counts = LineCounts.of(rules, path);
    counts.read();
    counts.rejected();
    out.emit(
        EntryOutput.REJECTIONS,
        Rejection.of(
            path,
            0,
            path,
            new RejectedException(RejectionCode.UNREADABLE_MANIFEST, why.getMessage())));
  }

  private void pause(String path, int tries, Throwable failure) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << (tries - 1));
    LOG.warn(
        "{}; the store is asked again in {} s",
        VisibleText.of(ManifestException.of(path, failure).getMessage()),
        pause.toSeconds());
    try {
      sleeper.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopped while " + path + " was read", e);
    }
  }
}
