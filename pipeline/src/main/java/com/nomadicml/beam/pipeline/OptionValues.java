package com.nomadicml.beam.pipeline;

import static com.nomadicml.beam.model.ImportTarget.MAX_FOLDER_BYTES;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Splitter;
import com.google.common.primitives.Ints;
import com.nomadicml.beam.imports.JobReader;
import com.nomadicml.beam.imports.OnUnknownSubmit;
import com.nomadicml.beam.manifest.ManifestFormat;
import java.net.URI;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.annotation.Nullable;

/**
 * What the values of options mean. Each method throws {@link IllegalArgumentException} with one
 * line for the user when a value can't be used.
 */
final class OptionValues {
  /** Jobs of a hundred thousand videos are described; nothing says that larger ones work. */
  static final int MAX_BATCH_SIZE = 100_000;

  /** The values of options that take one of a few. */
  static final Map<String, List<String>> CHOICES =
      Map.of(
          "manifestFormat",
          Arrays.stream(ManifestFormat.values()).map(ManifestFormat::toString).toList(),
          "scope",
          List.of("user", "org"),
          "onQuota",
          List.of("pause", "wait"),
          "onUnknownSubmit",
          List.of("resend", "hold"),
          "progress",
          List.of("auto", "bar", "plain", "none"));

  private OptionValues() {}

  /** A manifest's own folders are bounded alike. */
  @Nullable
  static String folder(@Nullable String value) {
    String folder = blankToNull(value);
    if (folder != null && folder.getBytes(UTF_8).length > MAX_FOLDER_BYTES) {
      throw new IllegalArgumentException(
          "--folder is longer than " + MAX_FOLDER_BYTES + " bytes: name a shorter one");
    }
    return folder;
  }

  static String collection(String collection) {
    if (collection.isBlank()) {
      throw new IllegalArgumentException(
          "--collection is empty: name one, or omit the option for videos");
    }
    return collection.strip();
  }

  static URI apiUrl(String value) {
    try {
      return URI.create(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--apiUrl is not a URL: " + value, e);
    }
  }

  static String scope(String value) {
    return choice("scope", value);
  }

  static Map<String, String> integrations(@Nullable String value) {
    Map<String, String> integrations = new LinkedHashMap<>();
    if (value == null) {
      return integrations;
    }
    for (String pair : Splitter.on(',').trimResults().omitEmptyStrings().split(value)) {
      List<String> parts = Splitter.on('=').trimResults().limit(2).splitToList(pair);
      if (parts.size() < 2 || parts.get(0).isEmpty() || parts.get(1).isEmpty()) {
        throw new IllegalArgumentException(
            "--integrations takes bucket=id,bucket=id, not '" + pair + "'");
      }
      integrations.put(parts.get(0), parts.get(1));
    }
    return integrations;
  }

  static Duration duration(String option, String value) {
    try {
      Duration duration = Duration.parse(value);
      if (!duration.isNegative() && !duration.isZero()) {
        return duration;
      }
    } catch (DateTimeParseException e) {
      // Told below, as for a duration that can't be used.
    }
    throw new IllegalArgumentException(
        option + " takes a duration such as PT6H, PT30M or PT10S, not '" + value + "'");
  }

  /** A time as people write it: 5s, 2m, 1h, or a {@link #duration}. */
  static Duration interval(String option, String value) {
    String text = value.strip().toUpperCase(Locale.ROOT);
    return duration(option, text.matches("\\d{1,6}[HMS]") ? "PT" + text : value);
  }

  static int pageSize(String value) {
    if (value.strip().equalsIgnoreCase("auto")) {
      return JobReader.AUTO_PAGE_SIZE;
    }
    Integer rows = Ints.tryParse(value.strip());
    if (rows == null || rows < 1) {
      throw new IllegalArgumentException(
          "--pageSize must be auto or at least 1, not '" + value + "'");
    }
    return rows;
  }

  static boolean waitForQuota(String value) {
    return choice("onQuota", value).equals("wait");
  }

  static ProgressDisplay.Mode progress(String value) {
    return ProgressDisplay.Mode.valueOf(choice("progress", value).toUpperCase(Locale.ROOT));
  }

  static OnUnknownSubmit onUnknownSubmit(String value) {
    return OnUnknownSubmit.valueOf(choice("onUnknownSubmit", value).toUpperCase(Locale.ROOT));
  }

  private static String choice(String option, String value) {
    String chosen = value.strip().toLowerCase(Locale.ROOT);
    List<String> choices = CHOICES.get(option);
    if (!choices.contains(chosen)) {
      String all = String.join(", ", choices).replaceFirst(", (\\w+)$", " or $1");
      throw new IllegalArgumentException(
          "--" + option + " must be " + all + ", not '" + value + "'");
    }
    return chosen;
  }

  static double percent(double value, String option) {
    if (!(value >= 0 && value <= 100)) {
      throw new IllegalArgumentException(option + " takes a percentage, not " + value);
    }
    return value;
  }

  /** How many requests are in flight at once: no more than the rate has room for. */
  static int apiLanes(ImportOptions options) {
    int lanes = atLeast(1, options.getApiLanes(), "--apiLanes");
    int perMinute = options.getRequestsPerMinute();
    return perMinute > 0 ? Math.min(lanes, perMinute) : lanes;
  }

  /** How many items a request has at most. */
  static int batchSize(int value) {
    if (value < 1 || value > MAX_BATCH_SIZE) {
      throw new IllegalArgumentException(
          "--batchSize must be from 1 to " + MAX_BATCH_SIZE + ", not " + value);
    }
    return value;
  }

  static int atLeast(int least, int value, String option) {
    if (value < least) {
      throw new IllegalArgumentException(option + " must be at least " + least + ", not " + value);
    }
    return value;
  }

  @Nullable
  static String blankToNull(@Nullable String value) {
    return value == null || value.isBlank() ? null : value.strip();
  }
}
