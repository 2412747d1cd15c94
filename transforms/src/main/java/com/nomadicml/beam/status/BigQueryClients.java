package com.nomadicml.beam.status;

import com.google.api.client.http.HttpRequestInitializer;
import com.google.api.services.bigquery.Bigquery;
import com.google.auth.Credentials;
import com.google.auth.http.HttpCredentialsAdapter;
import org.apache.beam.sdk.extensions.gcp.options.GcpOptions;
import org.apache.beam.sdk.extensions.gcp.util.RetryHttpRequestInitializer;
import org.apache.beam.sdk.extensions.gcp.util.Transport;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** Clients of BigQuery with the machine's own (application default) credentials. */
final class BigQueryClients {
  private BigQueryClients() {}

  static BigQueryOptions options() {
    return PipelineOptionsFactory.create().as(BigQueryOptions.class);
  }

  static Bigquery rest() {
    Credentials credentials = options().as(GcpOptions.class).getGcpCredential();
    HttpRequestInitializer retries = new RetryHttpRequestInitializer();
    HttpRequestInitializer initializer =
        request -> {
          if (credentials != null) {
            new HttpCredentialsAdapter(credentials).initialize(request);
          }
          retries.initialize(request);
        };
    return new Bigquery.Builder(Transport.getTransport(), Transport.getJsonFactory(), initializer)
        .setApplicationName("nomadic-import")
        .build();
  }
}
