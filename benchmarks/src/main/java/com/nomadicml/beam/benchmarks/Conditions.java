package com.nomadicml.beam.benchmarks;

import com.nomadicml.beam.emulator.Emulator;
import com.nomadicml.beam.emulator.VideoFate;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must hold after an import, however it came to its end: nothing lost, nothing made up. */
final class Conditions {
  private static final int EXAMPLES = 3;

  private Conditions() {}

  /** What does not hold; empty when all does. */
  static List<String> broken(FleetManifest manifest, Emulator emulator, Tables tables)
      throws SQLException {
    List<String> broken = brokenItems(manifest.uris(), emulator, tables);
    long withoutSum = tables.runsWithoutSum();
    if (withoutSum > 0) {
      broken.add("the sum of " + withoutSum + " runs does not hold");
    }
    if (tables.linesOfLastRun() != manifest.uris().size()) {
      broken.add("the last run has read " + tables.linesOfLastRun() + " lines");
    }
    return broken;
  }

  /** What does not hold of items, whichever way they came; empty when all does. */
  static List<String> brokenItems(Set<String> uris, Emulator emulator, Tables tables)
      throws SQLException {
    List<String> broken = new ArrayList<>();
    Map<String, String> states = tables.states();
    Set<String> lost = new HashSet<>(uris);
    lost.removeAll(states.keySet());
    complain(broken, lost, "items without a row");
    Set<String> madeUp = new HashSet<>(states.keySet());
    madeUp.removeAll(uris);
    complain(broken, madeUp, "rows of items nobody asked for");

    Map<String, VideoFate> fates = byUri(emulator.fates());
    Set<String> neverSent = new HashSet<>(uris);
    neverSent.removeAll(fates.keySet());
    complain(broken, neverSent, "items that the API never accepted");
    Set<String> wrong = new HashSet<>();
    states.forEach(
        (uri, state) -> {
          if (fates.containsKey(uri) && !state.equals(expected(fates.get(uri)))) {
            wrong.add(uri + " is " + state + ", not " + expected(fates.get(uri)));
          }
        });
    complain(broken, wrong, "items in another state than the API's");
    return broken;
  }

  private static String expected(VideoFate fate) {
    return switch (fate) {
      case UPLOADED -> "UPLOADED";
      case FAILED -> "UPLOADING_FAILED";
      case NEVER_SHOWN -> "MISSING";
    };
  }

  /** The emulator's names begin with scope and folder; a manifest names each URI once. */
  private static Map<String, VideoFate> byUri(Map<String, VideoFate> fates) {
    Map<String, VideoFate> byUri = new HashMap<>();
    fates.forEach((video, fate) -> byUri.put(video.substring(video.indexOf(' ') + 1), fate));
    return byUri;
  }

  private static void complain(List<String> broken, Set<String> which, String what) {
    if (!which.isEmpty()) {
      broken.add(
          which.size() + " " + what + ", such as " + which.stream().limit(EXAMPLES).toList());
    }
  }
}
