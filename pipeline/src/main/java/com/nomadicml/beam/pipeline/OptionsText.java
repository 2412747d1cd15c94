package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.api.BaseUrl;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The options of a run for its row: what decides its outcome, and nothing secret. */
final class OptionsText {
  /** No option whose value is free text comes before it. */
  private static final Pattern API_URL = Pattern.compile("(?:^\\{|, )apiUrl=([^,}]+)");

  private OptionsText() {}

  /** The origin of the API that a run's text names; empty where it names none. */
  static Optional<String> apiOrigin(String text) {
    Matcher url = API_URL.matcher(text);
    try {
      return url.find() ? Optional.of(BaseUrl.origin(URI.create(url.group(1)))) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** A number that a run's text names, or {@code otherwise}: of several the last. */
  static long number(String text, String option, long otherwise) {
    Matcher number =
        Pattern.compile("(?:^\\{|.*, )" + option + "=(\\d{1,18})(?:, .*|\\}$)", Pattern.DOTALL)
            .matcher(text);
    return number.matches() ? Long.parseLong(number.group(1)) : otherwise;
  }

  static String of(ImportOptions options) {
    Map<String, Object> values = new TreeMap<>();
    values.put("manifestFormat", options.getManifestFormat());
    values.put("manifestQuery", options.getManifestQuery());
    values.put("include", options.getInclude());
    values.put("exclude", options.getExclude());
    values.put("since", options.getSince());
    values.put("limit", options.getLimit());
    values.put("columns", options.getColumns());
    values.put("label", options.getLabel());
    values.put("expand", options.getExpand());
    values.put("apiUrl", options.getApiUrl());
    values.put("folder", options.getFolder());
    values.put("scope", options.getScope());
    values.put("integrations", options.getIntegrations());
    values.put("collection", options.getCollection());
    values.put("batchSize", options.getBatchSize());
    values.put("pageSize", options.getPageSize());
    values.put("requestsPerMinute", options.getRequestsPerMinute());
    values.put("requestsPerDay", options.getRequestsPerDay());
    values.put("onQuota", options.getOnQuota());
    values.put("apiLanes", options.getApiLanes());
    values.put("maxAttempts", options.getMaxAttempts());
    values.put("awaitTimeout", options.getAwaitTimeout());
    values.put("patience", options.getPatience());
    values.put("onUnknownSubmit", options.getOnUnknownSubmit());
    values.put("canary", options.getCanary());
    values.put("failureThreshold", options.getFailureThreshold());
    values.values().removeIf(value -> value == null);
    return values.toString();
  }
}
