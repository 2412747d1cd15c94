package com.nomadicml.beam.manifest;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.annotation.Nullable;

/** Delimited values, quoted as in RFC 4180. */
final class DelimitedParser implements ManifestParser {
  /** A line before the header by which Excel is told what parts the columns. */
  private static final Pattern EXCEL = Pattern.compile("(?i)\"?sep=([^\"])\"?");

  private final String path;
  private final String delimiters;
  private final List<String> columns;
  private final long linesBefore;
  private final Consumer<List<String>> required;

  /**
   * A parser of one file, or of some lines of one.
   *
   * @param delimiters what may part the values, most likely first; the header decides
   * @param columns in lower case; empty when the file's first line names them
   * @param linesBefore lines of the file before what is parsed
   * @param required throws when what it is given, in lower case, lacks a column
   */
  DelimitedParser(
      String path,
      String delimiters,
      List<String> columns,
      long linesBefore,
      Consumer<List<String>> required) {
    this.path = path;
    this.delimiters = delimiters;
    this.columns = columns;
    this.linesBefore = linesBefore;
    this.required = required;
  }

  /** The names of the columns in lower case, and what parts them. */
  record Header(List<String> columns, char delimiter) {}

  /** The header of a file that has one. */
  Header header(InputStream in) throws IOException {
    return header(records(in));
  }

  private DelimitedReader records(InputStream in) throws IOException {
    return new DelimitedReader(in, linesBefore, delimiters.charAt(0));
  }

  @Override
  public void parse(InputStream in, RowSink sink) throws IOException {
    DelimitedReader records = records(in);
    List<String> header = columns.isEmpty() ? header(records).columns() : columns;
    sink.columns(header);
    for (DelimitedReader.Fields record = records.next(); record != null; record = records.next()) {
      read(header, record, sink);
    }
  }

  /** The names of the columns, parted by the first delimiter that yields one for the URI. */
  private Header header(DelimitedReader records) throws IOException {
    String candidates = delimiters;
    DelimitedReader.Fields first = records.next();
    Matcher excel = EXCEL.matcher(first == null ? "" : first.raw());
    if (excel.matches()) {
      candidates = excel.group(1);
    } else {
      records.unread();
    }
    ManifestException refusal = null;
    int most = -1;
    for (char candidate : candidates.toCharArray()) {
      records.setDelimiter(candidate);
      first = records.next();
      List<String> header = names(first);
      try {
        if (first != null && first.error() != null) {
          throw new ManifestException(path + ", line " + first.line() + ": " + first.error());
        }
        required.accept(header);
        return new Header(header, candidate);
      } catch (ManifestException e) {
        if (header.size() > most) {
          most = header.size();
          refusal = new ManifestException(e.getMessage() + remarks(first, candidate), e);
        }
      }
      records.unread();
    }
    throw refusal;
  }

  private static List<String> names(@Nullable DelimitedReader.Fields first) {
    return first == null ? List.of() : first.values().stream().map(NestedRows::name).toList();
  }

  /** What may help to see why a header can't be read. */
  private static String remarks(@Nullable DelimitedReader.Fields first, char delimiter) {
    if (first == null || first.error() != null) {
      return "";
    }
    String parted =
        first.values().size() > 1
            ? "; its columns are parted by " + (delimiter == '\t' ? "tab" : delimiter)
            : "; none of , ; tab and | parts it";
    return parted + OddCharacters.quotesIn(first.raw());
  }

  private static void read(List<String> header, DelimitedReader.Fields record, RowSink sink) {
    if (record.error() != null) {
      sink.unreadable(record.line(), record.raw(), record.error());
      return;
    }
    int cells = record.values().size();
    if (record.values().stream().skip(header.size()).anyMatch(DelimitedParser::isFilled)) {
      sink.unreadable(
          record.line(),
          record.raw(),
          "%d cells in %d columns: a value that holds the delimiter has to be quoted%s"
              .formatted(cells, header.size(), OddCharacters.quotesIn(record.raw())));
      return;
    }
    Map<String, String> fields = new LinkedHashMap<>();
    boolean blank = true;
    for (int i = 0; i < cells; i++) {
      String value = record.values().get(i);
      boolean isFilled = isFilled(value);
      blank &= !isFilled;
      // A column without a name is no field: such is the index of a data frame.
      if (isFilled && !header.get(i).isEmpty()) {
        fields.putIfAbsent(header.get(i), value);
      }
    }
    if (blank) {
      sink.blank();
    } else {
      sink.row(new ManifestRow(record.line(), record.raw(), fields, Map.of()));
    }
  }

  private static boolean isFilled(String value) {
    return !OddCharacters.strip(value).isEmpty();
  }
}
