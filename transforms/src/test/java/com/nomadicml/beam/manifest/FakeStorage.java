package com.nomadicml.beam.manifest;

import com.google.cloud.bigquery.storage.v1.AvroRows;
import com.google.cloud.bigquery.storage.v1.AvroSchema;
import com.google.cloud.bigquery.storage.v1.CreateReadSessionRequest;
import com.google.cloud.bigquery.storage.v1.ReadRowsRequest;
import com.google.cloud.bigquery.storage.v1.ReadRowsResponse;
import com.google.cloud.bigquery.storage.v1.ReadSession;
import com.google.cloud.bigquery.storage.v1.ReadStream;
import com.google.cloud.bigquery.storage.v1.SplitReadStreamRequest;
import com.google.cloud.bigquery.storage.v1.SplitReadStreamResponse;
import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices.BigQueryServerStream;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices.StorageClient;
import org.apache.beam.sdk.io.gcp.testing.FakeBigQueryServices.FakeBigQueryServerStream;

/**
 * BigQuery's storage API, which hands out tables as streams of Avro rows.
 *
 * @param tables rows in Avro's binary encoding, by the table's resource name
 */
public record FakeStorage(String avroSchema, Map<String, List<byte[]>> tables)
    implements StorageClient, Serializable {

  private static final String QUERY_RESULT = "query";

  public static FakeStorage of(Schema schema) {
    return new FakeStorage(schema.toString(), new LinkedHashMap<>());
  }

  /** Says what every query yields. */
  public FakeStorage withQueryResult(List<GenericRecord> rows) {
    tables.put(QUERY_RESULT, rows.stream().map(FakeStorage::encode).toList());
    return this;
  }

  private List<byte[]> rows(String table) {
    // Beam has a query write into a dataset of its own, which it names as it likes.
    return tables.get(table.contains("/datasets/temp_dataset") ? QUERY_RESULT : table);
  }

  /** Adds a table; it is handed out as a stream a row. */
  public FakeStorage with(String project, String dataset, String table, List<GenericRecord> rows) {
    tables.put(
        "projects/" + project + "/datasets/" + dataset + "/tables/" + table,
        rows.stream().map(FakeStorage::encode).toList());
    return this;
  }

  @Override
  public ReadSession createReadSession(CreateReadSessionRequest request) {
    String table = request.getReadSession().getTable();
    ReadSession.Builder session =
        ReadSession.newBuilder()
            .setName("session")
            .setTable(table)
            .setAvroSchema(AvroSchema.newBuilder().setSchema(avroSchema));
    for (int row = 0; row < rows(table).size(); row++) {
      session.addStreams(ReadStream.newBuilder().setName(table + "#" + row));
    }
    return session.build();
  }

  @Override
  public BigQueryServerStream<ReadRowsResponse> readRows(ReadRowsRequest request) {
    String[] stream = request.getReadStream().split("#", 2);
    byte[] row = rows(stream[0]).get(Integer.parseInt(stream[1]));
    return new FakeBigQueryServerStream<>(
        request.getOffset() > 0
            ? List.of()
            : List.of(
                ReadRowsResponse.newBuilder()
                    .setRowCount(1)
                    .setAvroRows(
                        AvroRows.newBuilder().setSerializedBinaryRows(ByteString.copyFrom(row)))
                    .build()));
  }

  @Override
  public BigQueryServerStream<ReadRowsResponse> readRows(ReadRowsRequest request, String table) {
    return readRows(request);
  }

  /** A stream of one row can't be split. */
  @Override
  public SplitReadStreamResponse splitReadStream(SplitReadStreamRequest request) {
    return SplitReadStreamResponse.getDefaultInstance();
  }

  @Override
  public SplitReadStreamResponse splitReadStream(SplitReadStreamRequest request, String table) {
    return splitReadStream(request);
  }

  @Override
  public void close() {}

  private static byte[] encode(GenericRecord row) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    try {
      new GenericDatumWriter<GenericRecord>(row.getSchema()).write(row, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
