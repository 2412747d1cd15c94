package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.imports.ErrorCode;
import com.nomadicml.beam.model.VideoState;

/** How a reason is called for people: by state and code, and no word twice. */
final class ReasonName {
  private ReasonName() {}

  static String of(VideoState state, String code) {
    if (code.equals(ErrorCode.CANARY_FAILED.name())) {
      return "stopped by a canary, " + code;
    }
    return code.equals(state.name()) ? code : state + " " + code;
  }
}
