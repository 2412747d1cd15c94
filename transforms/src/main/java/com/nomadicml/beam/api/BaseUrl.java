package com.nomadicml.beam.api;

import java.net.URI;
import java.util.Locale;
import java.util.Set;

/** Where the API is: TLS, except to this machine itself. */
final class BaseUrl {
  private static final Set<String> LOOPBACK = Set.of("localhost", "[::1]", "::1");

  private BaseUrl() {}

  /** The URL without a slash at its end. */
  static String checked(URI url) {
    String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
    String host = String.valueOf(url.getHost()).toLowerCase(Locale.ROOT);
    boolean loopback = LOOPBACK.contains(host) || host.matches("127(\\.\\d{1,3}){3}");
    boolean safe = scheme.equals("https") || (scheme.equals("http") && loopback);
    if (url.getHost() == null || !safe) {
      throw new IllegalArgumentException(
          "--apiUrl must be https:// (plain http only to localhost), since the API key travels with"
              + " every request; not '"
              + named(url)
              + "'");
    }
    if (url.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "--apiUrl can't hold a user or password; not '" + named(url) + "' with one");
    }
    String text = url.toString();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  /** The URL without what may be a secret: user-info, query and fragment. */
  private static String named(URI url) {
    return url.toString().replaceAll("[?#].*", "").replaceAll("[^/]*@", "");
  }
}
