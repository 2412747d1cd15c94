package com.nomadicml.beam.status;

import com.google.cloud.bigquery.storage.v1.AppendRowsRequest.MissingValueInterpretation;
import com.google.cloud.bigquery.storage.v1.AppendRowsResponse;
import com.google.cloud.bigquery.storage.v1.ProtoRows;
import com.google.common.collect.Lists;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import java.util.List;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryOptions;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices.StreamAppendClient;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices.WriteStreamService;
import org.apache.beam.sdk.io.gcp.bigquery.TableRowToStorageApiProto;
import org.apache.beam.sdk.io.gcp.bigquery.TableRowToStorageApiProto.SchemaInformation;

/**
 * Upserts rows into a BigQuery table, and returns when BigQuery has them.
 *
 * <p>It appends to the table's default stream, as {@link BigQueryWrite} does, for the same order of
 * writes: a table with change data capture takes no {@code MERGE}.
 */
record BigQueryAppend<T>(BigQueryTable<T> table, BigQueryServices services) {
  private static final int NO_OFFSET = -1;

  /** Far below the 10 MB that a request may have. */
  private static final int MAX_ROWS = 500;

  void upsert(List<T> rows, BigQueryOptions options) {
    try (WriteStreamService service = services.getWriteStreamService(options)) {
      for (List<T> part : Lists.partition(rows, MAX_ROWS)) {
        append(service, part);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(e);
    } catch (StatusStoreException e) {
      throw e;
    } catch (Exception e) { // what Beam's service is declared to throw
      throw failed(e);
    }
  }

  private void append(WriteStreamService service, List<T> rows) throws Exception {
    var schema = TableRowToStorageApiProto.schemaToProtoTableSchema(table.schema());
    Descriptor descriptor =
        TableRowToStorageApiProto.getDescriptorFromTableSchema(schema, true, true);
    ProtoRows.Builder messages = ProtoRows.newBuilder();
    for (T row : rows) {
      DynamicMessage message =
          TableRowToStorageApiProto.messageFromTableRow(
              SchemaInformation.fromTableSchema(schema),
              descriptor,
              table.toRow(row),
              false,
              false,
              null,
              "UPSERT",
              table.changeSequence(row));
      messages.addSerializedRows(message.toByteString());
    }
    try (StreamAppendClient client =
        service.getStreamAppendClient(
            stream(),
            descriptor.toProto(),
            false,
            MissingValueInterpretation.MISSING_VALUE_INTERPRETATION_UNSPECIFIED)) {
      AppendRowsResponse response = client.appendRows(NO_OFFSET, messages.build()).get();
      if (response.hasError()) {
        throw new StatusStoreException(
            "BigQuery refused a row of " + table.quoted() + ": " + response.getError());
      }
    }
  }

  private String stream() {
    return "projects/%s/datasets/%s/tables/%s/streams/_default"
        .formatted(table.project(), table.dataset(), table.table().name());
  }

  private StatusStoreException failed(Exception cause) {
    return new StatusStoreException("could not write to " + table.quoted(), cause);
  }
}
