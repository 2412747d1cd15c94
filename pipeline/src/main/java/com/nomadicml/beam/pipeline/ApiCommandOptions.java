package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.api.ApiKeySource;
import com.nomadicml.beam.api.HttpNomadicApi;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.api.Sleeper;
import java.net.URI;
import picocli.CommandLine.Option;

/** Where a command finds the API: the same options as an import has. */
final class ApiCommandOptions {
  @Option(
      names = "--apiUrl",
      defaultValue = "https://api-prod.nomadicml.com",
      description = "Base URL of the API. Default: ${DEFAULT-VALUE}")
  private String apiUrl;

  @Option(
      names = "--apiKeySecret",
      defaultValue = "env:NOMADIC_API_KEY",
      description =
          "Where the API key is found: env:NAME, file:PATH, projects/P/secrets/S/versions/V or an"
              + " AWS secret's ARN. Default: ${DEFAULT-VALUE}")
  private String apiKeySecret;

  private final Sleeper sleeper;

  /**
   * @param sleeper waits between the tries of a request
   */
  ApiCommandOptions(Sleeper sleeper) {
    this.sleeper = sleeper;
  }

  NomadicApi open() {
    return HttpNomadicApi.builder(URI.create(apiUrl), ApiKeySource.parse(apiKeySecret).read())
        .sleeper(sleeper)
        .build();
  }
}
