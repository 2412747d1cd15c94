package com.nomadicml.beam.status;

import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.services.bigquery.Bigquery;
import com.google.api.services.bigquery.model.TableReference;
import com.google.auth.Credentials;
import com.google.common.base.Throwables;
import com.nomadicml.beam.cloud.ClientOptions;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.annotation.Nullable;

/**
 * Looks once whether BigQuery can be reached, before its clients are asked: they try again in
 * silence, for minutes.
 */
final class BigQueryReach {
  private static final Duration CONNECT = Duration.ofSeconds(4);
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;

  private static final List<Class<? extends IOException>> UNREACHABLE =
      List.of(
          UnknownHostException.class,
          ConnectException.class,
          NoRouteToHostException.class,
          SocketTimeoutException.class);

  private BigQueryReach() {}

  /**
   * Asks for a table, which may be absent.
   *
   * @throws UnreachableStoreException that says what to mend when no client would come further
   */
  static void check(ClientOptions clients, TableReference table) {
    Credentials credentials = clients.google();
    Bigquery client =
        BigQueryClients.rest(
            clients,
            credentials,
            request ->
                request
                    .setConnectTimeout((int) CONNECT.toMillis())
                    .setReadTimeout((int) ANSWER.toMillis())
                    .setNumberOfRetries(0));
    try {
      client.tables().get(table.getProjectId(), table.getDatasetId(), table.getTableId()).execute();
    } catch (IOException | IllegalStateException e) { // the latter from credentials
      String name = "bigquery:" + table.getProjectId() + "." + table.getDatasetId();
      remedy(e, credentials)
          .ifPresent(
              remedy -> {
                throw new UnreachableStoreException("can't open " + name + ": " + remedy, e);
              });
    }
  }

  private static Optional<String> remedy(Exception failure, @Nullable Credentials credentials) {
    if (failure instanceof GoogleJsonResponseException answer) {
      return ofAnswer(answer);
    }
    Optional<Throwable> unreachable =
        Throwables.getCausalChain(failure).stream()
            .filter(cause -> UNREACHABLE.stream().anyMatch(type -> type.isInstance(cause)))
            .findFirst();
    if (unreachable.isPresent()) {
      String host =
          unreachable.get() instanceof UnknownHostException
              ? "the host " + unreachable.get().getMessage() + " is unknown"
              : String.valueOf(unreachable.get().getMessage());
      return Optional.of(host + ": check this machine's network, and its proxy");
    }
    // Its own words say what is wrong with them.
    return credentials == null
        ? Optional.empty()
        : Optional.of(
            failure.getMessage()
                + ": check this machine's Google credentials (GOOGLE_APPLICATION_CREDENTIALS, or"
                + " gcloud auth application-default login)");
  }

  private static Optional<String> ofAnswer(GoogleJsonResponseException answer) {
    String words =
        answer.getDetails() == null || answer.getDetails().getMessage() == null
            ? answer.getStatusMessage()
            : answer.getDetails().getMessage();
    return switch (answer.getStatusCode()) {
      case UNAUTHORIZED ->
          Optional.of(
              "BigQuery knows no such account ("
                  + words
                  + "): check this machine's Google credentials (GOOGLE_APPLICATION_CREDENTIALS, or"
                  + " gcloud auth application-default login)");
      case FORBIDDEN ->
          Optional.of(
              "BigQuery refuses the account ("
                  + words
                  + "): give it the roles BigQuery"
                  + " Data Editor and BigQuery Job User");
      case NOT_FOUND ->
          String.valueOf(words).contains("Table")
              ? Optional.empty()
              : Optional.of(words + ": create the dataset, or name another");
      default -> Optional.empty();
    };
  }
}
