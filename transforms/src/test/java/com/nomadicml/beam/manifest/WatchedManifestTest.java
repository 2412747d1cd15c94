package com.nomadicml.beam.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.imports.ClaimEntries;
import com.nomadicml.beam.imports.CompleteEntries;
import com.nomadicml.beam.imports.ImportDefaults;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.status.StatusStore;
import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A large manifest that a stream finds, up to the tables. */
class WatchedManifestTest {
  private static final int LINES = 20_000;
  private static final int AT_ONCE = 1_000;

  /** How many items were looked up, and written, at once. */
  private static final Queue<Integer> LOOKS = new ConcurrentLinkedQueue<>();

  private static final Queue<Integer> WRITES = new ConcurrentLinkedQueue<>();

  @TempDir private Path directory;

  @Test
  void itIsClaimedAThousandLinesAtATime() throws Exception {
    StatusStore store = StatusStore.at("jdbc:sqlite:" + directory.resolve("status.db"));
    store.createTables();
    Files.writeString(
        directory.resolve("m.csv"),
        IntStream.range(0, LINES)
            .mapToObj(line -> "s3://b/" + line + ".mp4")
            .collect(Collectors.joining("\n", "uri\n", "\n")));

    ReadManifests read = ReadManifests.from(directory + "/*.csv").withWatch(Duration.ofMillis(100));
    try (RunningStream stream = RunningStream.through(read, new Claim(counted(store)))) {
      assertThat(Set.copyOf(stream.next(LINES))).isEqualTo(uris());
    }

    assertThat(LOOKS).hasSizeGreaterThanOrEqualTo(LINES / AT_ONCE);
    assertThat(LOOKS).allSatisfy(items -> assertThat(items).isLessThanOrEqualTo(AT_ONCE));
    assertThat(WRITES).allSatisfy(items -> assertThat(items).isLessThanOrEqualTo(AT_ONCE));
    assertThat(WRITES.stream().mapToInt(Integer::intValue).sum()).isEqualTo(LINES);
    assertThat(store.openDestinations()).containsExactly("user/");
    store.letGo();
  }

  private static Set<String> uris() {
    return IntStream.range(0, LINES)
        .mapToObj(line -> "s3://b/" + line + ".mp4")
        .collect(Collectors.toSet());
  }

  private static StatusStore counted(StatusStore store) {
    return (StatusStore)
        Proxy.newProxyInstance(
            WatchedManifestTest.class.getClassLoader(),
            new Class<?>[] {StatusStore.class},
            new Counting(store));
  }

  private record Counting(StatusStore store) implements InvocationHandler, Serializable {
    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
      if (method.getName().equals("videos")) {
        LOOKS.add(((Collection<?>) arguments[1]).size());
      } else if (method.getName().equals("recordVideos")) {
        WRITES.add(((Collection<?>) arguments[0]).size());
      }
      try {
        return method.invoke(store, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }
  }

  /** Yields the URI of each item that is claimed. */
  private static final class Claim
      extends PTransform<PCollection<ManifestEntry>, PCollection<String>> {
    private static final long serialVersionUID = 1L;

    private final StatusStore store;

    Claim(StatusStore store) {
      this.store = store;
    }

    @Override
    public PCollection<String> expand(PCollection<ManifestEntry> entries) {
      return entries
          .apply(CompleteEntries.with(new ImportDefaults(null, "user", Map.of())))
          .apply(ClaimEntries.in(store, destination -> {}, Clock.systemUTC(), "run-1", 1))
          .apply(
              MapElements.into(TypeDescriptors.strings())
                  .via(claimed -> claimed.getValue().getKey().getSourceUri()));
    }
  }
}
