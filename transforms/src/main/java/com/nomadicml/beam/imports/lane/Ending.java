package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.imports.ErrorCode;
import com.nomadicml.beam.imports.ImportRefusedException;

/**
 * How a lane has ended.
 *
 * @param message one line for people; empty when all is done
 */
public record Ending(Kind kind, String message) {

  static final Ending DONE = new Ending(Kind.DONE, "");

  /** Why there is nothing left to do. */
  public enum Kind {
    /** Every batch has come to its end. */
    DONE(ErrorCode.NOT_SENT),
    /** The request quota is spent. */
    QUOTA(ErrorCode.QUOTA_SPENT),
    /** Too much has failed, or somebody has stopped the run. */
    STOPPED(ErrorCode.RUN_STOPPED),
    /** The account or its key is refused. */
    REFUSED(ErrorCode.RUN_STOPPED),
    /** The API was away for longer than the patience. */
    AWAY(ErrorCode.NOT_SENT),
    /** Nobody waits for the lane here any more, and another process may take it. */
    LEFT(ErrorCode.NOT_SENT);

    private final ErrorCode unsent;

    Kind(ErrorCode unsent) {
      this.unsent = unsent;
    }

    /** What items that were not sent say. */
    ErrorCode unsent() {
      return unsent;
    }
  }

  static Ending refused(ApiException e) {
    return new Ending(Kind.REFUSED, ImportRefusedException.of(e).getMessage());
  }
}
