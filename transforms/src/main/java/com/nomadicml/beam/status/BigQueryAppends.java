package com.nomadicml.beam.status;

import com.google.cloud.bigquery.storage.v1.AppendRowsRequest.MissingValueInterpretation;
import com.google.cloud.bigquery.storage.v1.AppendRowsResponse;
import com.google.cloud.bigquery.storage.v1.Exceptions.AppendSerializtionError;
import com.google.cloud.bigquery.storage.v1.ProtoRows;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import io.grpc.Status;
import io.grpc.StatusException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import javax.annotation.Nullable;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices.StreamAppendClient;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices.WriteStreamService;
import org.apache.beam.sdk.io.gcp.bigquery.TableRowToStorageApiProto;
import org.apache.beam.sdk.io.gcp.bigquery.TableRowToStorageApiProto.SchemaInformation;

/**
 * Upserts rows into BigQuery tables, and returns when BigQuery has them. A client a table is kept
 * open until this is closed, or for each call anew.
 *
 * <p>It appends to the table's default stream, as {@link BigQueryWrite} does, for the same order of
 * writes: a table with change data capture takes no {@code MERGE}. Whatever is appended may be
 * appended again.
 */
final class BigQueryAppends implements AutoCloseable {
  private static final int NO_OFFSET = -1;

  /** Well below the 10 MB that a request may have. */
  private static final int MAX_BYTES = 4 << 20;

  private final BigQueryServices services;
  private final BigQueryRetry retry;
  private final boolean isKeptOpen;
  private final Map<String, StreamAppendClient> clients = new HashMap<>();
  @Nullable private WriteStreamService service;

  BigQueryAppends(BigQueryStatusStore store, boolean isKeptOpen) {
    this.services = store.services();
    this.retry = store.retry().ofWrites();
    this.isKeptOpen = isKeptOpen;
  }

  /** Upserts rows, of which an older one never replaces a newer one. */
  <T> void upsert(BigQueryTable<T> table, List<T> rows) {
    change(table, rows, "UPSERT");
  }

  /** Deletes the rows of these keys, unless newer ones are there. */
  <T> void delete(BigQueryTable<T> table, List<T> rows) {
    change(table, rows, "DELETE");
  }

  private synchronized <T> void change(BigQueryTable<T> table, List<T> rows, String type) {
    var schema = TableRowToStorageApiProto.schemaToProtoTableSchema(table.schema());
    try {
      Descriptor descriptor =
          TableRowToStorageApiProto.getDescriptorFromTableSchema(schema, true, true);
      SchemaInformation information = SchemaInformation.fromTableSchema(schema);
      ProtoRows.Builder messages = ProtoRows.newBuilder();
      int bytes = 0;
      for (T row : rows) {
        DynamicMessage message =
            TableRowToStorageApiProto.messageFromTableRow(
                information,
                descriptor,
                table.toRow(row),
                false,
                false,
                null,
                type,
                table.changeSequence(row));
        ByteString serialized = message.toByteString();
        if (bytes > 0 && bytes + serialized.size() > MAX_BYTES) {
          append(table, descriptor, messages.build());
          messages.clear();
          bytes = 0;
        }
        messages.addSerializedRows(serialized);
        bytes += serialized.size();
      }
      if (bytes > 0) {
        append(table, descriptor, messages.build());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(table, e);
    } catch (StatusStoreException e) {
      throw e;
    } catch (Exception e) { // what Beam's service is declared to throw
      throw failed(table, e);
    } finally {
      if (!isKeptOpen) {
        close();
      }
    }
  }

  private void append(BigQueryTable<?> table, Descriptor descriptor, ProtoRows rows)
      throws Exception {
    AppendRowsResponse response =
        retry.run(
            "write to " + table.quoted(), () -> answered(appendOrReopen(table, descriptor, rows)));
    if (response.hasError() || response.getRowErrorsCount() > 0) {
      throw refused(table, response.getError() + " " + response.getRowErrorsList());
    }
  }

  /**
   * An answer.
   *
   * @throws StatusException when it says that BigQuery is away
   */
  private static AppendRowsResponse answered(AppendRowsResponse response) throws StatusException {
    if (response.hasError()) {
      StatusException error =
          Status.fromCodeValue(response.getError().getCode())
              .withDescription(response.getError().getMessage())
              .asException();
      if (BigQueryOutage.reason(error).isPresent()) {
        throw error;
      }
    }
    return response;
  }

  private AppendRowsResponse appendOrReopen(
      BigQueryTable<?> table, Descriptor descriptor, ProtoRows rows) throws Exception {
    try {
      return tryToAppend(table, descriptor, rows);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AppendSerializtionError refused) {
        throw refused(table, refused.getRowIndexToErrorMessage().toString());
      }
      // A connection that was long idle is closed by the other side.
      forget(table);
      return tryToAppend(table, descriptor, rows);
    }
  }

  private AppendRowsResponse tryToAppend(
      BigQueryTable<?> table, Descriptor descriptor, ProtoRows rows) throws Exception {
    if (service == null) {
      service = services.getWriteStreamService(BigQueryClients.options());
    }
    String stream = stream(table);
    StreamAppendClient client = clients.get(stream);
    if (client == null) {
      client =
          service.getStreamAppendClient(
              stream,
              descriptor.toProto(),
              false,
              MissingValueInterpretation.MISSING_VALUE_INTERPRETATION_UNSPECIFIED);
      clients.put(stream, client);
    }
    return client.appendRows(NO_OFFSET, rows).get();
  }

  private void forget(BigQueryTable<?> table) throws Exception {
    StreamAppendClient client = clients.remove(stream(table));
    if (client != null) {
      client.close();
    }
  }

  private static String stream(BigQueryTable<?> table) {
    return "projects/%s/datasets/%s/tables/%s/streams/_default"
        .formatted(table.project(), table.dataset(), table.table().name());
  }

  private static StatusStoreException refused(BigQueryTable<?> table, String reasons) {
    return new StatusStoreException(
        "BigQuery refused a row of " + table.quoted() + ": " + reasons.strip());
  }

  private static StatusStoreException failed(BigQueryTable<?> table, Exception cause) {
    return new StatusStoreException("could not write to " + table.quoted(), cause);
  }

  @Override
  public synchronized void close() {
    try {
      for (StreamAppendClient client : clients.values()) {
        client.close();
      }
      if (service != null) {
        service.close();
      }
    } catch (Exception e) { // what AutoCloseable is declared to throw
      throw new StatusStoreException("could not close a connection to BigQuery", e);
    } finally {
      clients.clear();
      service = null;
    }
  }
}
