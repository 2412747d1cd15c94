package com.nomadicml.beam.imports.lane;

import java.util.ArrayDeque;
import java.util.Deque;
import javax.annotation.Nullable;

/** What a lane has to write before it asks for anything else, and why it asks for nothing more. */
final class Agenda {
  private final Deque<Change> changes = new ArrayDeque<>();
  @Nullable private Ending ending;

  void add(Change change) {
    changes.add(change);
  }

  boolean isEmpty() {
    return changes.isEmpty();
  }

  /** The change that is to be written first. */
  Change first() {
    return changes.element();
  }

  /** The first change is written. */
  void written() {
    changes.remove();
  }

  /** Nothing more is asked for. The first reason stays. */
  void end(Ending why) {
    if (ending == null) {
      ending = why;
    }
  }

  @Nullable
  Ending ending() {
    return ending;
  }
}
