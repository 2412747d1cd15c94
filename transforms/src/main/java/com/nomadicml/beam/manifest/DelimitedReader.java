package com.nomadicml.beam.manifest;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
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
  private final Splitter unquoted;
  private final CSVFormat quoted;

  DelimitedReader(InputStream in, char delimiter) {
    lines = new LineReader(in);
    unquoted = Splitter.on(delimiter);
    quoted = CSVFormat.RFC4180.builder().setDelimiter(delimiter).get();
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
    List<LineReader.Line> more = new ArrayList<>();
    StringBuilder raw = new StringBuilder(first.text());
    String end = first.end();
    while (true) {
      try {
        return new Fields(first.number(), raw.toString(), parse(raw.toString()), null);
      } catch (UncheckedIOException e) {
        boolean mayGoOn = raw.chars().filter(c -> c == '"').count() % 2 == 1;
        LineReader.Line next = mayGoOn && raw.length() <= MAX_RECORD ? nextLine() : null;
        if (next == null) {
          more.forEach(putBack::addLast);
          return unreadable(first, "a quote is not closed, or stands where none may");
        }
        more.add(next);
        raw.append(end).append(next.text());
        end = next.end();
      }
    }
  }

  private static Fields unreadable(LineReader.Line line, String error) {
    return new Fields(line.number(), line.text(), List.of(), error);
  }

  @Nullable
  private LineReader.Line nextLine() throws IOException {
    return putBack.isEmpty() ? lines.next() : putBack.removeFirst();
  }

  /** The values of a record with quotes; throws what the library throws when it is not one. */
  private List<String> parse(String record) {
    try (CSVParser parser = CSVParser.parse(record, quoted)) {
      List<CSVRecord> records = parser.getRecords();
      if (records.size() != 1) {
        throw new UncheckedIOException(new IOException(records.size() + " records in one"));
      }
      return records.get(0).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
