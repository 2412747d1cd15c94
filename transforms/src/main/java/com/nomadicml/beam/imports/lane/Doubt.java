package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.imports.OnUnknownSubmit;
import java.util.Locale;

/** What is done about a batch of which it is not known whether the API has taken it. */
final class Doubt {
  /** How often one is sent in all; once more by each later run. */
  static final int MAX_SENDS = 3;

  private Doubt() {}

  /** Whether it is sent again, the same body under the same key. */
  static boolean isResent(OnUnknownSubmit onUnknown, int sends) {
    return onUnknown == OnUnknownSubmit.RESEND && sends < MAX_SENDS;
  }

  static String inherited(int sends) {
    return String.format(
        Locale.ROOT, "sent %d times by a run that ended before an answer came", sends);
  }
}
