package com.nomadicml.beam.manifest;

import java.util.Collection;

/**
 * Lets the rows of one piece of a part through. Where a piece ends follows from the part's content
 * alone, so that pieces fit together though each is read by itself. What yields nothing takes no
 * room.
 */
final class Piece implements RowSink {
  /**
   * In characters of its rows: some 50,000 rows of usual length. A stream that goes on knows its
   * pieces by their number, so this must not change.
   */
  static final long SIZE = 8L << 20;

  /** What a row takes beside its text. */
  private static final long ROW = 100;

  private final long wanted;
  private final long size;
  private final RowSink sink;

  private long number;
  private long used;

  /** Thrown where the next piece begins; the parsers know no other end than that of their input. */
  static final class EndException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EndException() {
      super("the piece ends", null, false, false);
    }
  }

  /**
   * @param wanted number of the piece, from 0
   * @param size in characters
   */
  Piece(long wanted, long size, RowSink sink) {
    this.wanted = wanted;
    this.size = size;
    this.sink = sink;
  }

  private boolean holds(long characters) {
    if (used >= size) {
      number++;
      used = 0;
    }
    if (number > wanted) {
      throw new EndException();
    }
    used += ROW + characters;
    return number == wanted;
  }

  @Override
  public void columns(Collection<String> names) {
    sink.columns(names);
  }

  @Override
  public void row(ManifestRow row) {
    long characters = row.fields().values().stream().mapToLong(String::length).sum();
    long nested = row.nested().isEmpty() ? 0 : JsonRow.text(row.nested()).length();
    if (holds(characters + nested)) {
      sink.row(row);
    }
  }

  @Override
  public void blank() {
    if (number == wanted) {
      sink.blank();
    }
  }

  @Override
  public void skipped(SkipReason reason) {
    if (number == wanted) {
      sink.skipped(reason);
    }
  }

  @Override
  public void unreadable(long line, String raw, String reason) {
    if (holds(raw.length())) {
      sink.unreadable(line, raw, reason);
    }
  }
}
