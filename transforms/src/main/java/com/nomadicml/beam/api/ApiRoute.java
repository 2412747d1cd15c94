package com.nomadicml.beam.api;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/** The API's routes as an operator tells them apart: what a request was about. */
public enum ApiRoute {
  KEY("/api/keys/.+"),
  FOLDERS("/api/folders(/.+)?"),
  IMPORT("/api/(gcs|s3|hf-buckets)/upload"),
  JOB("/api/import-jobs/[^/]+"),
  JOB_VIDEOS("/api/import-jobs/[^/]+/videos"),
  VIDEO("/api/video/.+"),
  INTEGRATIONS("/api/cloud-integrations(/.+)?"),
  OTHER(".*");

  private final Pattern path;

  ApiRoute(String path) {
    this.path = Pattern.compile(path);
  }

  /** The route of a path, with or without a query. */
  static ApiRoute of(String pathAndQuery) {
    String path = pathAndQuery.split("\\?", 2)[0];
    return Arrays.stream(values())
        .filter(route -> route.path.matcher(path).matches())
        .findFirst()
        .orElse(OTHER);
  }

  /** How metrics name it. */
  public String metric() {
    return name().toLowerCase(Locale.ROOT);
  }
}
