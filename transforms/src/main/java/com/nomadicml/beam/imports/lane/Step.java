package com.nomadicml.beam.imports.lane;

import java.time.Instant;

/** What a lane does next. */
sealed interface Step {
  /** Something is to be written. */
  record Write(Change change) implements Step {}

  /** Something is to be asked of the API; others may be under way. */
  record Call(Request request) implements Step {}

  /** There is nothing to do until then, or until an answer comes. */
  record Wait(Instant until) implements Step {}

  /** There is nothing to do any more. */
  record Ended(Ending ending) implements Step {}
}
