package com.nomadicml.beam.manifest;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import javax.annotation.Nullable;

/** Delimited values, quoted as in RFC 4180. */
final class DelimitedParser implements ManifestParser {
  private final String path;
  private final char delimiter;
  private final List<String> columns;
  private final Consumer<List<String>> required;

  /**
   * A parser of one file.
   *
   * @param columns in lower case; empty when the file's first line names them
   * @param required throws when what it is given, in lower case, lacks a column
   */
  DelimitedParser(
      String path, char delimiter, List<String> columns, Consumer<List<String>> required) {
    this.path = path;
    this.delimiter = delimiter;
    this.columns = columns;
    this.required = required;
  }

  @Override
  public void parse(InputStream in, RowSink sink) throws IOException {
    DelimitedReader records = new DelimitedReader(in, delimiter);
    List<String> header = columns.isEmpty() ? header(records.next()) : columns;
    for (DelimitedReader.Fields record = records.next(); record != null; record = records.next()) {
      read(header, record, sink);
    }
  }

  private List<String> header(@Nullable DelimitedReader.Fields first) {
    List<String> header = new ArrayList<>();
    if (first != null && first.error() != null) {
      throw new ManifestException(path + ", line 1: " + first.error());
    }
    if (first != null) {
      for (String name : first.values()) {
        if (name.strip().indexOf('\r') >= 0) {
          throw new ManifestException(
              path + ", line 1: a lone CR stands in it: lines have to end with LF, or CR and LF");
        }
        header.add(name.strip().toLowerCase(Locale.ROOT));
      }
    }
    required.accept(header);
    return header;
  }

  private static void read(List<String> header, DelimitedReader.Fields record, RowSink sink) {
    if (record.error() != null) {
      sink.unreadable(record.line(), record.raw(), record.error());
      return;
    }
    if (header.size() == 1 && record.values().stream().skip(1).anyMatch(v -> !v.isBlank())) {
      sink.unreadable(
          record.line(),
          record.raw(),
          "more fields than the header's one: a URI that holds a comma has to be quoted");
      return;
    }
    Map<String, String> fields = new LinkedHashMap<>();
    boolean blank = true;
    for (int i = 0; i < record.values().size(); i++) {
      String value = record.values().get(i);
      blank &= value.isBlank();
      // A column without a name is no field: such is the index of a data frame.
      if (i < header.size() && !header.get(i).isEmpty() && !value.isBlank()) {
        fields.putIfAbsent(header.get(i), value);
      }
    }
    if (blank) {
      sink.blank();
    } else {
      sink.row(new ManifestRow(record.line(), record.raw(), fields, Map.of()));
    }
  }
}
