package com.nomadicml.beam.manifest;

import com.google.common.base.Throwables;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.parquet.PlainReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * One row group of a Parquet file. Columns of texts, numbers, booleans and times are fields;
 * objects and lists are kept where they are of use.
 */
final class ParquetParser implements ManifestParser {
  private static final String DAMAGED = "not a Parquet file, or a damaged one: ";

  private final ManifestPart part;
  private final Consumer<List<String>> required;
  private final RowRules rules;
  private final Set<String> nestedNames;

  /**
   * A parser of one row group.
   *
   * @param required throws when what it is given, in lower case, lacks a column
   */
  ParquetParser(ManifestPart part, Consumer<List<String>> required, RowRules rules) {
    this.part = part;
    this.required = required;
    this.rules = rules;
    this.nestedNames = rules.nestedNames();
  }

  /** Cuts a file into its row groups; empty ones are no parts. */
  static List<ManifestPart> split(ManifestPart file) throws IOException {
    List<ManifestPart> parts = new ArrayList<>();
    ParquetInput input = new ParquetInput(new StoredFile(file.getPath()));
    try (ParquetFileReader reader = open(input)) {
      long size = input.getLength();
      long rows = 0;
      for (int group = 0; group < reader.getRowGroups().size(); group++) {
        BlockMetaData block = reader.getRowGroups().get(group);
        requireWithin(size, block);
        if (block.getRowCount() > 0) {
          parts.add(file.toBuilder().setRowGroup(group).setRowsBefore(rows).build());
          rows += block.getRowCount();
        }
      }
    }
    return parts;
  }

  /** Or as much memory would be taken as a column chunk declares. */
  private static void requireWithin(long size, BlockMetaData block) throws IOException {
    for (ColumnChunkMetaData chunk : block.getColumns()) {
      long start = chunk.getStartingPos();
      if (start < 0 || chunk.getTotalSize() < 0 || chunk.getTotalSize() > size - start) {
        throw new IOException(DAMAGED + "a column reaches beyond the end of the file");
      }
    }
  }

  private static ParquetFileReader open(ParquetInput input) throws IOException {
    ParquetFooter.check(input);
    try {
      return ParquetFileReader.open(input, PlainReadOptions.of(new ParquetCodecs()));
    } catch (RuntimeException e) {
      throw damaged(e);
    }
  }

  /** Reads the part by itself, since the format is read from its end. */
  @Override
  public void parse(InputStream unused, RowSink sink) throws IOException {
    try (ParquetFileReader reader = open(new ParquetInput(new StoredFile(part.getPath())))) {
      MessageType all = reader.getFileMetaData().getSchema();
      List<String> columns =
          all.getFields().stream().map(type -> type.getName().toLowerCase(Locale.ROOT)).toList();
      NestedRows nested = new NestedRows(rules, sink);
      try {
        required.accept(columns);
      } catch (ManifestException e) {
        boolean isListing = part.getListing() != ObjectListing.NONE;
        throw isListing ? e : nested.suggesting(e, firstRows(reader, all));
      }
      sink.columns(columns);
      MessageType wanted =
          new MessageType(all.getName(), all.getFields().stream().filter(this::isWanted).toList());
      RecordReader<Group> rows = rows(reader, wanted, all);
      long count = rowCount(reader);
      for (long row = 1; row <= count; row++) {
        nested.read(values(next(rows)), part.getRowsBefore() + row, null);
      }
      if (nested.isLedToUri()) {
        nested.requireUris(part.getPath());
      }
    }
  }

  private long rowCount(ParquetFileReader reader) {
    return reader.getRowGroups().get(part.getRowGroup()).getRowCount();
  }

  private RecordReader<Group> rows(ParquetFileReader reader, MessageType wanted, MessageType all)
      throws IOException {
    try {
      reader.setRequestedSchema(wanted);
      PageReadStore pages = reader.readRowGroup(part.getRowGroup());
      return new ColumnIOFactory()
          .getColumnIO(wanted, all)
          .getRecordReader(pages, new GroupRecordConverter(wanted));
    } catch (RuntimeException e) {
      throw damaged(e);
    }
  }

  private List<Object> firstRows(ParquetFileReader reader, MessageType all) throws IOException {
    RecordReader<Group> rows = rows(reader, all, all);
    List<Object> first = new ArrayList<>();
    for (long i = 0; i < Math.min(rowCount(reader), NestedRows.MAX_LOOKED_THROUGH); i++) {
      first.add(values(next(rows)));
    }
    return first;
  }

  private static Group next(RecordReader<Group> rows) throws IOException {
    try {
      return rows.read();
    } catch (RuntimeException e) {
      throw damaged(e);
    }
  }

  /** What the library throws of a file that it can't read; a codec names itself. */
  private static IOException damaged(RuntimeException e) {
    for (Throwable cause : Throwables.getCausalChain(e)) {
      if (cause instanceof ManifestException manifest) {
        throw manifest;
      }
      if (cause instanceof ParquetCodecs.UnreadException codec) {
        return new IOException(codec.getMessage(), e);
      }
    }
    return new IOException(DAMAGED + e.getMessage(), e);
  }

  private boolean isWanted(Type type) {
    return ParquetValue.isText(type)
        || nestedNames.contains(type.getName().toLowerCase(Locale.ROOT));
  }

  private static Map<String, Object> values(Group row) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int field = 0; field < row.getType().getFieldCount(); field++) {
      Type type = row.getType().getType(field);
      if (row.getFieldRepetitionCount(field) > 0) {
        values.put(
            type.getName(),
            ParquetValue.isText(type)
                ? ParquetValue.text(type.asPrimitiveType(), row, field, 0)
                : ParquetValue.of(row, field));
      }
    }
    return values;
  }
}
