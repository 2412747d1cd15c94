package com.nomadicml.beam.api;

import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Where the API is: TLS, except to this machine itself. */
public final class BaseUrl {
  private static final Set<String> LOOPBACK = Set.of("localhost", "[::1]", "::1");

  private static final Map<String, Integer> DEFAULT_PORTS = Map.of("https", 443, "http", 80);

  private BaseUrl() {}

  /**
   * Scheme, host and port of a base URL, spelled in one way: {@code https://api.example.com}. On
   * the loopback interface without the port, which tells no API from another there.
   *
   * @throws IllegalArgumentException if it can't be the API's base URL
   */
  public static String origin(URI url) {
    checked(url);
    String scheme = url.getScheme().toLowerCase(Locale.ROOT);
    String host = url.getHost().toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
    if (isLoopback(host)) {
      return scheme + "://localhost";
    }
    int port = url.getPort();
    boolean usual = port < 0 || port == DEFAULT_PORTS.get(scheme);
    return scheme + "://" + host + (usual ? "" : ":" + port);
  }

  private static boolean isLoopback(String host) {
    return LOOPBACK.contains(host) || host.matches("127(\\.\\d{1,3}){3}");
  }

  /** The URL without a slash at its end. */
  static String checked(URI url) {
    String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
    String host = String.valueOf(url.getHost()).toLowerCase(Locale.ROOT);
    boolean safe = scheme.equals("https") || (scheme.equals("http") && isLoopback(host));
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
    if (url.getRawQuery() != null || url.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "--apiUrl can't hold a query or a fragment: the paths of the API are put behind it; not '"
              + named(url)
              + "' with one");
    }
    String text = url.toString();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  /** The URL without what may be a secret: user-info, query and fragment. */
  private static String named(URI url) {
    return url.toString().replaceAll("[?#].*", "").replaceAll("//.*@", "//");
  }
}
