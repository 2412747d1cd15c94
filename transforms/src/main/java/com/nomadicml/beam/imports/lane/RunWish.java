package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.status.LaneStore;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What somebody asks of a run, from any machine: an event of the run says so, its lane reads that,
 * and another event says that it took effect.
 *
 * @param text of the event: when it was asked, what, and by whom
 */
public record RunWish(Kind kind, String text) {
  private static final String ASKED = "ASKED";

  /** What else may be in the tables is no wish. */
  private static final Pattern TEXT =
      Pattern.compile("\\d{4}-[-0-9T:.]+Z (PAUSE|RESUME|STOP) by .*");

  /** Of fixed width, so that texts sort as times do. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** What may be asked. */
  public enum Kind {
    /** To send and to read nothing until it is asked to go on. */
    PAUSE("PAUSED"),
    RESUME("CONTINUED"),
    /** To send nothing any more, and to end once what is under way is written. */
    STOP("STOPPING");

    private final String effect;

    Kind(String effect) {
      this.effect = effect;
    }

    /** The kind of the event that says that it took effect. */
    public String effect() {
      return effect;
    }
  }

  /** Asks it of a run. */
  public static RunWish ask(LaneStore store, String runId, Kind kind, String by, Instant now) {
    RunWish wish = new RunWish(kind, TIME.format(now) + " " + kind + " by " + by);
    store.event(runId, now, ASKED, wish.text());
    return wish;
  }

  /** What was asked of a run last. */
  static Optional<RunWish> last(LaneStore store, String runId) {
    return store.events(runId, ASKED).stream()
        .map(TEXT::matcher)
        .filter(Matcher::matches)
        .max(Comparator.comparing(Matcher::group))
        .map(asked -> new RunWish(Kind.valueOf(asked.group(1)), asked.group()));
  }

  /** Writes that it took effect. */
  void tookEffect(LaneStore store, String runId, Instant now) {
    store.event(runId, now, kind.effect(), text);
  }

  /** Whether it took effect. */
  public boolean hasTakenEffect(LaneStore store, String runId) {
    return store.events(runId, kind.effect()).contains(text);
  }
}
