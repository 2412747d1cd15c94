package com.nomadicml.beam.manifest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.LocalOutputFile;

/** Files as the libraries of their formats write them. */
final class WrittenFiles {
  private WrittenFiles() {}

  static byte[] of(String format, Schema schema, List<? extends GenericRecord> rows) {
    return format.equals("avro")
        ? avro(schema, rows, "deflate")
        : parquet(schema, rows, CompressionCodecName.SNAPPY, 1 << 20);
  }

  static byte[] avro(Schema schema, List<? extends GenericRecord> rows, String codec) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataFileWriter<GenericRecord> writer =
        new DataFileWriter<>(new GenericDatumWriter<>(schema))) {
      writer.setCodec(CodecFactory.fromString(codec)).create(schema, bytes);
      for (GenericRecord row : rows) {
        writer.append(row);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** As Parquet, in row groups of about so many bytes. */
  static byte[] parquet(
      Schema schema,
      List<? extends GenericRecord> rows,
      CompressionCodecName codec,
      long rowGroupBytes) {
    try {
      Path file = Files.createTempDirectory("parquet").resolve("rows.parquet");
      try (ParquetWriter<GenericRecord> writer =
          AvroParquetWriter.<GenericRecord>builder(new LocalOutputFile(file))
              .withSchema(schema)
              .withCompressionCodec(codec)
              .withRowGroupSize(rowGroupBytes)
              .withPageSize(4 << 10)
              .withMinRowCountForPageSizeCheck(10)
              .build()) {
        for (GenericRecord row : rows) {
          writer.write(row);
        }
      }
      byte[] bytes = Files.readAllBytes(file);
      Files.delete(file);
      Files.delete(file.getParent());
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static int rowGroups(byte[] parquet) {
    try {
      Path file = Files.createTempFile("rows", ".parquet");
      Files.write(file, parquet);
      try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file))) {
        return reader.getRowGroups().size();
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
