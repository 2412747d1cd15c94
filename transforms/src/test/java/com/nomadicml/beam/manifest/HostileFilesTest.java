package com.nomadicml.beam.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.api.Sleeper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;

/** Files that break whoever reads them, in a stream that goes on. */
class HostileFilesTest {
  private static final Queue<Duration> PAUSES = new ConcurrentLinkedQueue<>();
  private static final Sleeper SKIPPED = pause -> PAUSES.add(pause);

  private final String folder = "hostile://" + UUID.randomUUID() + "/";

  @AfterEach
  void forget() {
    PAUSES.clear();
  }

  @Test
  void aFaultOfAFileIsADeadLetterAtOnce() throws Exception {
    put("linkage", error(new NoClassDefFoundError("a/Codec")));
    put("stack", error(new StackOverflowError()));
    put("memory", error(new OutOfMemoryError("2147483647 bytes")));
    put("changes", () -> HostileStore.put(folder + "changes.txt", "s3://b/changed.mp4\n"));
    put(
        "vanishes",
        () -> {
          HostileStore.delete(folder + "vanishes.txt");
          throw new FileNotFoundException("no such object");
        });
    HostileStore.putListedOnly(folder + "gone.txt");
    HostileStore.put(folder + "odd.unknown", "s3://b/1.mp4\n");

    try (RunningStream stream = watch()) {
      List<String> seen = stream.next(7 + 7);
      HostileStore.put(folder + "later.txt", "s3://b/later.mp4\n");

      assertThat(stream.next(1)).containsExactly("s3://b/later.mp4");
      assertThat(stream.more()).isEmpty();
      assertThat(seen).filteredOn(line -> line.startsWith("s3:")).contains("s3://b/changed.mp4");
      assertThat(rejections(seen))
          .containsExactly(
              "changes.txt changed while it was read",
              "gone.txt can't be read: it is not there any more",
              "linkage.txt can't be read: java.lang.NoClassDefFoundError: a/Codec",
              "memory.txt can't be read: it takes more memory than there is (2147483647 bytes)",
              "odd.unknown: its name tells no format",
              "stack.txt can't be read: it is nested too deep",
              "vanishes.txt can't be read: it is not there any more");
      assertThat(PAUSES).isEmpty();
    }
  }

  @Test
  void aFaultOfTheStoreIsOneOnlyWhenItStays() throws Exception {
    AtomicInteger left = new AtomicInteger(2);
    put(
        "flaky",
        () -> {
          if (left.getAndDecrement() > 0) {
            throw new IOException("connection reset");
          }
        });
    try (RunningStream stream = watch()) {
      assertThat(stream.next(2)).containsExactly("s3://b/flaky-1.mp4", "s3://b/flaky-2.mp4");
      assertThat(PAUSES).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2));

      PAUSES.clear();
      put("away", () -> throwUnchecked(SdkClientException.create("the host is not known")));
      assertThat(stream.next(2))
          .containsExactlyInAnyOrder(
              "s3://b/away-1.mp4",
              "away.txt UNREADABLE_MANIFEST: "
                  + folder
                  + "away.txt can't be read: the host is not known");
      assertThat(PAUSES)
          .containsExactly(
              Duration.ofSeconds(1),
              Duration.ofSeconds(2),
              Duration.ofSeconds(4),
              Duration.ofSeconds(8),
              Duration.ofSeconds(16));
      assertThat(stream.more()).isEmpty();
    }
  }

  @Test
  void aFolderThatCanNotBeListedIsListedAgain() throws Exception {
    HostileStore.FAILING_LISTS.set(3);
    put("late", () -> {});
    try (RunningStream stream = watch()) {
      assertThat(stream.next(2)).containsExactly("s3://b/late-1.mp4", "s3://b/late-2.mp4");
      assertThat(HostileStore.FAILING_LISTS).hasValue(0);
    }
  }

  private RunningStream watch() {
    return RunningStream.of(
        ReadManifests.from(folder + "*").withWatch(Duration.ofMillis(100), SKIPPED));
  }

  /** Two lines, and what happens between them. */
  private void put(String name, HostileStore.Act act) {
    String line = "s3://b/" + name;
    HostileStore.put(folder + name + ".txt", line + "-1.mp4\n" + line + "-2.mp4\n", act);
  }

  private static HostileStore.Act error(Error error) {
    return () -> {
      throw error;
    };
  }

  private static void throwUnchecked(RuntimeException e) {
    throw e;
  }

  /** Name and reason of each, without what differs. */
  private List<String> rejections(List<String> seen) {
    List<String> rejections = new ArrayList<>();
    for (String line : seen) {
      if (!line.startsWith("s3:")) {
        assertThat(line).contains(" UNREADABLE_MANIFEST: " + folder);
        String message = line.substring(line.indexOf(folder) + folder.length());
        rejections.add(message.replaceFirst(" \\([0-9]+ bytes, .*|; say one with .*", ""));
      }
    }
    rejections.sort(null);
    return rejections;
  }
}
