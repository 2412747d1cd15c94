package com.nomadicml.beam.api;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.annotation.Nullable;
import javax.net.ssl.SSLException;

/** A call that was not answered as asked. The message holds the API's own words, bounded. */
public sealed class ApiException extends Exception
    permits HeldBackException, OversizedAnswerException {
  private static final long serialVersionUID = 1L;

  private static final Pattern RESOURCE =
      Pattern.compile("integration|bucket|folder|sample scope", Pattern.CASE_INSENSITIVE);

  private static final Pattern ACCOUNT =
      Pattern.compile(
          "account|api[ -]?key|\\bplan\\b|trial|\\brole\\b|subscription|billing|organi[sz]ation"
              + "|workspace|suspended|write scope|not allow(ed)? imports?",
          Pattern.CASE_INSENSITIVE);

  /** What a caller may do about it. */
  public enum Kind {
    /** It had no effect; the same call may succeed later. */
    RETRYABLE,
    /** It had no effect and never will as it stands. */
    PERMANENT,
    /** It may or may not have had its effect. */
    OUTCOME_UNKNOWN
  }

  private final Kind kind;
  private final int status;
  private boolean isUnreachable;

  /**
   * @param status the HTTP status; 0 when there was no answer
   */
  public ApiException(Kind kind, int status, String message) {
    super(message);
    this.kind = kind;
    this.status = status;
  }

  public Kind kind() {
    return kind;
  }

  /** Why, in the words of its message, and no word of what is done about it. */
  public String reason() {
    return String.valueOf(getMessage());
  }

  /** The HTTP status; 0 when there was no answer. */
  public int status() {
    return status;
  }

  /**
   * Whether there is no API at its address: the host is not known, it refuses connections, or TLS
   * fails.
   */
  public boolean isUnreachable() {
    return isUnreachable;
  }

  /**
   * Remembers what kind of failure it was. The failure itself is not kept as a cause: the HTTP
   * client's words may quote the key.
   */
  final ApiException because(@Nullable IOException failure) {
    isUnreachable =
        failure instanceof ConnectException
            || failure instanceof UnknownHostException
            || failure instanceof SSLException;
    return this;
  }

  /** Whether the words are about a Hugging Face bucket's token, which a 401 also stands for. */
  public boolean isHuggingFaceToken() {
    return status == 401 && isAboutHuggingFace(String.valueOf(getMessage()));
  }

  static boolean isAboutHuggingFace(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.contains("hugging face") || lower.contains("hf bucket");
  }

  /**
   * Whether the account or its key is refused, which no item can be blamed for. A 403 is so when
   * its words are about the account and not about something in it.
   */
  public boolean isAccountRefusal() {
    return switch (status) {
      case 401 -> !isHuggingFaceToken();
      case 402 -> true;
      case 403 -> names(ACCOUNT) && !names(RESOURCE);
      default -> false;
    };
  }

  /**
   * Whether access is denied without a word of what it is denied to: to something in the account
   * (contract, section 1.5), or to all of it.
   */
  public boolean isBareDenial() {
    return status == 403 && !names(ACCOUNT) && !names(RESOURCE);
  }

  private boolean names(Pattern pattern) {
    return pattern.matcher(String.valueOf(getMessage())).find();
  }
}
