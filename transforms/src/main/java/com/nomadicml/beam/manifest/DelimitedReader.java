package com.nomadicml.beam.manifest;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Finds the records of delimited text, quoted as in RFC 4180, which may span lines. A record that
 * can't be read costs its own line only: the next one is looked for on the line after it.
 */
final class DelimitedReader {
  /** A quote that is not closed within so many characters is taken for a stray one. */
  private static final int MAX_RECORD = 1 << 16;

  private final LineReader lines;
  private final Deque<LineReader.Line> putBack = new ArrayDeque<>();

  /** The lines of the last record. */
  private final Deque<LineReader.Line> taken = new ArrayDeque<>();

  private Splitter unquoted;
  private CSVFormat quoted;

  DelimitedReader(InputStream in, long linesBefore, char delimiter) throws IOException {
    lines = new LineReader(in, linesBefore);
    setDelimiter(delimiter);
  }

  /** What parts the values of the records to come. */
  void setDelimiter(char delimiter) {
    unquoted = Splitter.on(delimiter);
    quoted = CSVFormat.RFC4180.builder().setDelimiter(delimiter).get();
  }

  /** Makes the last record come again. */
  void unread() {
    while (!taken.isEmpty()) {
      putBack.addFirst(taken.removeLast());
    }
  }

  /**
   * One record.
   *
   * @param line where it begins
   * @param raw its text, quotes included
   * @param error why it can't be read, or null
   */
  record Fields(long line, String raw, List<String> values, @Nullable String error) {}

  /** The next record, or null at the end. */
  @Nullable
  Fields next() throws IOException {
    taken.clear();
    LineReader.Line first = nextLine();
    if (first == null) {
      return null;
    }
    if (first.error() != null) {
      return unreadable(first, first.error());
    }
    if (first.text().indexOf('"') < 0) {
      return new Fields(first.number(), first.text(), unquoted.splitToList(first.text()), null);
    }
    StringBuilder raw = new StringBuilder(first.text());
    List<String> values = parse(first.text());
    long quotes = quotes(first.text());
    String end = first.end();
    while (values == null) {
      LineReader.Line next = quotes % 2 == 1 && raw.length() <= MAX_RECORD ? nextLine() : null;
      if (next == null || next.error() != null) {
        unread();
        nextLine();
        return unreadable(first, "a quote is not closed, or stands where none may");
      }
      raw.append(end).append(next.text());
      end = next.end();
      long more = quotes(next.text());
      quotes += more;
      // Only a quote can close one.
      values = more == 0 ? null : parse(raw.toString());
    }
    return new Fields(first.number(), raw.toString(), values, null);
  }

  private static long quotes(String text) {
    return text.chars().filter(c -> c == '"').count();
  }

  private static Fields unreadable(LineReader.Line line, String error) {
    return new Fields(line.number(), line.text(), List.of(), error);
  }

  @Nullable
  private LineReader.Line nextLine() throws IOException {
    LineReader.Line line = putBack.isEmpty() ? lines.next() : putBack.removeFirst();
    if (line != null) {
      taken.addLast(line);
    }
    return line;
  }

  /** The values of a record with quotes; null when it is not one. */
  @Nullable
  private List<String> parse(String record) throws IOException {
    try (CSVParser parser = CSVParser.parse(record, quoted)) {
      List<CSVRecord> records = parser.getRecords();
      return records.size() == 1 ? records.get(0).toList() : null;
    } catch (UncheckedIOException e) {
      return null;
    }
  }
}
