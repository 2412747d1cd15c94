package com.nomadicml.beam.manifest;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * One row group of a Parquet file. Columns of texts, numbers, booleans and times are fields; of the
 * nested ones only {@code views} is read.
 */
final class ParquetParser implements ManifestParser {
  private static final String VIEWS = "views";

  private final ManifestPart part;
  private final Consumer<List<String>> required;

  ParquetParser(ManifestPart part, Consumer<List<String>> required) {
    this.part = part;
    this.required = required;
  }

  /** Cuts a file into its row groups. */
  static List<ManifestPart> split(ManifestPart file) throws IOException {
    List<ManifestPart> parts = new ArrayList<>();
    try (ParquetFileReader reader = open(file)) {
      long rows = 0;
      for (int group = 0; group < reader.getRowGroups().size(); group++) {
        parts.add(file.toBuilder().setRowGroup(group).setRowsBefore(rows).build());
        rows += reader.getRowGroups().get(group).getRowCount();
      }
    }
    return parts;
  }

  private static ParquetFileReader open(ManifestPart part) throws IOException {
    try {
      return ParquetFileReader.open(
          new ParquetInput(new StoredFile(part.getPath())), ParquetReadOptions.builder().build());
    } catch (RuntimeException e) {
      if (e instanceof ManifestException) {
        throw e;
      }
      throw new IOException("not a Parquet file, or a damaged one: " + e.getMessage(), e);
    }
  }

  /** Reads the part by itself, since the format is read from its end. */
  @Override
  public void parse(InputStream unused, RowSink sink) throws IOException {
    try (ParquetFileReader reader = open(part)) {
      MessageType all = reader.getFileMetaData().getSchema();
      required.accept(
          all.getFields().stream().map(type -> type.getName().toLowerCase(Locale.ROOT)).toList());
      MessageType wanted =
          new MessageType(
              all.getName(), all.getFields().stream().filter(ParquetParser::isWanted).toList());
      reader.setRequestedSchema(wanted);
      PageReadStore pages = reader.readRowGroup(part.getRowGroup());
      RecordReader<Group> rows =
          new ColumnIOFactory()
              .getColumnIO(wanted, all)
              .getRecordReader(pages, new GroupRecordConverter(wanted));
      for (long row = 1; row <= pages.getRowCount(); row++) {
        read(rows.read(), part.getRowsBefore() + row, sink);
      }
    } catch (RuntimeException e) {
      if (e instanceof ManifestException) {
        throw e;
      }
      throw new IOException("a damaged Parquet file: " + e.getMessage(), e);
    }
  }

  private static boolean isWanted(Type type) {
    boolean isField = type.isPrimitive() && !type.isRepetition(Type.Repetition.REPEATED);
    return isField || type.getName().equalsIgnoreCase(VIEWS);
  }

  private static void read(Group row, long line, RowSink sink) {
    Map<String, String> fields = new LinkedHashMap<>();
    Map<String, String> views = new LinkedHashMap<>();
    for (Type type : row.getType().getFields()) {
      int field = row.getType().getFieldIndex(type.getName());
      if (row.getFieldRepetitionCount(field) == 0) {
        continue;
      }
      if (type.isPrimitive()) {
        put(fields, type, row);
      } else {
        Group nested = row.getGroup(field, 0);
        nested.getType().getFields().stream()
            .filter(
                view -> view.isPrimitive() && nested.getFieldRepetitionCount(view.getName()) > 0)
            .forEach(view -> put(views, view, nested));
      }
    }
    sink.row(new ManifestRow(line, null, fields, views));
  }

  private static void put(Map<String, String> texts, Type type, Group group) {
    String text = ParquetValue.text(type.asPrimitiveType(), group);
    if (!text.isBlank()) {
      texts.putIfAbsent(type.getName().toLowerCase(Locale.ROOT), text);
    }
  }
}
