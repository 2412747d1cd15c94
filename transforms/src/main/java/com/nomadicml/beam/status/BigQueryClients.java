package com.nomadicml.beam.status;

import com.google.api.client.http.HttpRequestInitializer;
import com.google.api.services.bigquery.Bigquery;
import com.google.api.services.bigquery.model.TableReference;
import com.google.auth.Credentials;
import com.google.auth.http.HttpCredentialsAdapter;
import com.nomadicml.beam.cloud.ClientOptions;
import java.io.IOException;
import java.time.Duration;
import javax.annotation.Nullable;
import org.apache.beam.sdk.extensions.gcp.util.Transport;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryOptions;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServicesImpl;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/**
 * Clients of BigQuery as the pipeline's options say, by whomever they are asked for: the store is
 * asked outside of pipelines, too.
 */
final class BigQueryClients extends BigQueryServicesImpl {
  private static final long serialVersionUID = 1L;

  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** Longer than a query is waited for at once. */
  private static final Duration ANSWER = Duration.ofSeconds(80);

  private final ClientOptions clients;

  BigQueryClients(ClientOptions clients) {
    this.clients = clients;
  }

  /** What services are asked with that know their options. */
  static BigQueryOptions options() {
    return PipelineOptionsFactory.create().as(BigQueryOptions.class);
  }

  private BigQueryOptions own() {
    return clients.as(BigQueryOptions.class);
  }

  @Override
  public JobService getJobService(BigQueryOptions unused) {
    return super.getJobService(own());
  }

  @Override
  public DatasetService getDatasetService(BigQueryOptions unused) {
    return super.getDatasetService(own());
  }

  @Override
  public WriteStreamService getWriteStreamService(BigQueryOptions unused) {
    return super.getWriteStreamService(own());
  }

  @Override
  public StorageClient getStorageClient(BigQueryOptions unused) throws IOException {
    return super.getStorageClient(own());
  }

  /** Looks whether they come to these tables at all. */
  void check(TableReference table) {
    BigQueryReach.check(clients, table);
  }

  /** Asks once: {@link BigQueryRetry} asks again, and says so. */
  static Bigquery rest(ClientOptions clients) {
    return rest(
        clients,
        clients.google(),
        request ->
            request
                .setConnectTimeout((int) CONNECT.toMillis())
                .setReadTimeout((int) ANSWER.toMillis()));
  }

  /**
   * The same.
   *
   * @param each what else is done to each request
   */
  static Bigquery rest(
      ClientOptions clients, @Nullable Credentials credentials, HttpRequestInitializer each) {
    HttpRequestInitializer initializer =
        request -> {
          if (credentials != null) {
            new HttpCredentialsAdapter(credentials).initialize(request);
          }
          each.initialize(request);
        };
    Bigquery.Builder builder =
        new Bigquery.Builder(Transport.getTransport(), Transport.getJsonFactory(), initializer)
            .setApplicationName("nomadic-import");
    String endpoint = clients.as(BigQueryOptions.class).getBigQueryEndpoint();
    return endpoint == null ? builder.build() : builder.setRootUrl(endpoint).build();
  }
}
