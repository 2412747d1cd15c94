package com.nomadicml.beam.status;

import java.util.regex.Pattern;

/** A URL that may be shown: its user, password and secrets are starred out. */
final class MaskedUrl {
  private static final Pattern USER_INFO = Pattern.compile("//[^?]*@");
  private static final Pattern SECRET =
      Pattern.compile("(?i)([?&;](?:[a-z_]*password|pass|pwd|[a-z_]*secret|token)=)[^&;]*");

  private MaskedUrl() {}

  static String of(String url) {
    String masked = USER_INFO.matcher(url).replaceAll("//***@");
    return SECRET.matcher(masked).replaceAll("$1***");
  }
}
