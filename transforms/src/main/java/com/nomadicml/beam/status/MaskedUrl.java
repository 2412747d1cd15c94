package com.nomadicml.beam.status;

import static java.util.stream.Collectors.joining;

import com.google.common.base.Splitter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.PGProperty;

/**
 * The URL of status tables as it may be shown: what is known to be harmless, and stars for all
 * else. A password may stand anywhere, and with any character in it, so nothing is shown because it
 * does not look like one.
 */
public final class MaskedUrl {
  private static final String BLOT = "***";
  private static final String SQLITE = "jdbc:sqlite:";
  private static final String POSTGRESQL = "jdbc:postgresql:";

  /** A text that has no place for a password. */
  private static final Pattern PLAIN = Pattern.compile("[\\p{L}\\p{N}_.:/\\\\ ~-]*");

  private static final Pattern SCHEME =
      Pattern.compile("(?i)((?:jdbc:)?[a-z]{2,12}:).*", Pattern.DOTALL);

  private static final String HOST = "(?:[\\p{L}\\p{N}._-]+|\\[[0-9a-fA-F:.]+])(?::\\d{1,5})?";

  /** Hosts and the rest, as PostgreSQL's driver takes them. */
  private static final Pattern SERVER =
      Pattern.compile("(//(?:" + HOST + "(?:," + HOST + ")*)?)?(/?)([^/]*)");

  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}_.$-]*");
  private static final Pattern HARMLESS_VALUE = Pattern.compile("[\\p{L}\\p{N}_.-]{0,63}");

  /** In lower case; of both databases. */
  private static final Set<String> HARMLESS =
      Set.of(
          "applicationname",
          "binarytransfer",
          "busy_timeout",
          "cache",
          "cache_size",
          "connecttimeout",
          "currentschema",
          "foreign_keys",
          "immutable",
          "journal_mode",
          "loadbalancehosts",
          "locking_mode",
          "loggerlevel",
          "logintimeout",
          "mode",
          "preferquerymode",
          "preparethreshold",
          "rewritebatchedinserts",
          "sockettimeout",
          "ssl",
          "sslmode",
          "synchronous",
          "targetservertype",
          "tcpkeepalive",
          "temp_store",
          "user");

  /** What separates a parameter from a path, were it meant as one. */
  private static final Pattern PARAMETER = Pattern.compile("[;&?,|#!][^/=]*=");

  private static final Pattern ESCAPE = Pattern.compile("%([0-9a-fA-F]{2})");

  private static final Pattern USER_INFO = Pattern.compile("(?s)(//|[^@]*:).*@.*");

  private MaskedUrl() {}

  /** The text with stars where it may hold a secret. */
  public static String of(String url) {
    if (url.startsWith(SQLITE)) {
      return SQLITE + sqlite(url.substring(SQLITE.length()));
    }
    if (url.startsWith(POSTGRESQL)) {
      return POSTGRESQL + postgresql(url.substring(POSTGRESQL.length()));
    }
    if (PLAIN.matcher(url).matches()) {
      return url;
    }
    Matcher scheme = SCHEME.matcher(url);
    return (scheme.matches() ? scheme.group(1) : "") + BLOT;
  }

  /** Whether the path of a SQLite file is not shown, as it may hold a password. */
  static boolean hidesPath(String url) {
    return of(url).startsWith(SQLITE + BLOT);
  }

  /**
   * Whether the hosts of a URL of PostgreSQL are such as its driver can take without a complaint.
   */
  static boolean namesHosts(String url) {
    String server = url.substring(POSTGRESQL.length()).replaceFirst("(?s)\\?.*", "");
    return SERVER.matcher(server).matches();
  }

  private static boolean holdsSecret(String path) {
    return PARAMETER.matcher(path).find() || USER_INFO.matcher(path).matches();
  }

  private static String decoded(String text) {
    return ESCAPE
        .matcher(text)
        .replaceAll(
            escape ->
                Matcher.quoteReplacement(
                    Character.toString(Integer.parseInt(escape.group(1), 16))));
  }

  private static String sqlite(String rest) {
    int question = rest.indexOf('?');
    String file = question < 0 ? rest : rest.substring(0, question);
    // Before the question mark there may be but half of a password.
    if (USER_INFO.matcher(rest).matches()) {
      return BLOT;
    }
    boolean hidden = holdsSecret(file) || holdsSecret(decoded(file));
    return (hidden ? BLOT : file) + (question < 0 ? "" : parameters(rest.substring(question)));
  }

  private static String postgresql(String rest) {
    int question = rest.indexOf('?');
    Matcher server = SERVER.matcher(question < 0 ? rest : rest.substring(0, question));
    String parameters = question < 0 ? "" : rest.substring(question);
    if (!server.matches() || server.group(3).contains("@") || endsUserInfo(parameters)) {
      return BLOT;
    }
    String hosts = server.group(1) == null ? "" : server.group(1);
    String database = NAME.matcher(server.group(3)).matches() ? server.group(3) : BLOT;
    return hosts + server.group(2) + database + parameters(parameters);
  }

  /** Whether a question mark may be part of a password before a host: {@code //u:a?b@host}. */
  private static boolean endsUserInfo(String parameters) {
    return Arrays.stream(parameters.replaceFirst("^\\?", "").split("&", -1))
        .filter(parameter -> parameter.contains("@"))
        .anyMatch(parameter -> PGProperty.forName(parameter.replaceFirst("(?s)=.*", "")) == null);
  }

  /**
   * @param text begins with a question mark, or is empty
   */
  private static String parameters(String text) {
    if (text.isEmpty()) {
      return "";
    }
    return Splitter.on('&')
        .splitToStream(text.substring(1))
        .map(MaskedUrl::parameter)
        .collect(joining("&", "?", ""));
  }

  private static String parameter(String text) {
    int equals = text.indexOf('=');
    String name = equals < 0 ? "" : text.substring(0, equals);
    boolean isHarmless =
        HARMLESS.contains(name.toLowerCase(Locale.ROOT))
            && HARMLESS_VALUE.matcher(text.substring(equals + 1)).matches();
    if (isHarmless) {
      return text;
    }
    return name.equalsIgnoreCase("password") ? "password=" + BLOT : BLOT;
  }
}
