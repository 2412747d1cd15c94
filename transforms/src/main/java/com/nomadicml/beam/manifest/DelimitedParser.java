package com.nomadicml.beam.manifest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Comma- or tab-separated values with a header, quoted as in RFC 4180. */
final class DelimitedParser implements ManifestParser {
  private static final char REPLACEMENT = '\uFFFD';

  private final String path;
  private final char delimiter;
  private final UriField uriField;

  DelimitedParser(String path, char delimiter, UriField uriField) {
    this.path = path;
    this.delimiter = delimiter;
    this.uriField = uriField;
  }

  @Override
  public void parse(InputStream in, RowSink sink) throws IOException {
    CSVFormat format =
        CSVFormat.RFC4180.builder().setDelimiter(delimiter).setIgnoreEmptyLines(false).get();
    try (CSVParser parser =
        CSVParser.builder()
            .setReader(
                new BufferedReader(
                    new InputStreamReader(withoutBom(in), StandardCharsets.UTF_8), 1 << 16))
            .setFormat(format)
            .get()) {
      Iterator<CSVRecord> records = parser.iterator();
      List<String> header = header(records);
      while (true) {
        long line = parser.getCurrentLineNumber() + 1;
        CSVRecord record;
        try {
          if (!records.hasNext()) {
            return;
          }
          record = records.next();
        } catch (UncheckedIOException e) {
          throw new ManifestException(
              path
                  + ", line "
                  + line
                  + ": a quote is not closed, or stands where none may: "
                  + e.getCause().getMessage(),
              e);
        }
        read(header, record, line, sink);
      }
    }
  }

  private List<String> header(Iterator<CSVRecord> records) {
    List<String> header = new ArrayList<>();
    if (records.hasNext()) {
      for (String name : records.next()) {
        header.add(name.strip().toLowerCase(Locale.ROOT));
      }
    }
    if (!uriField.isAmong(header) && !header.contains(EntryMapper.FRONT)) {
      throw new ManifestException(
          path
              + ": no column holds the URI: looked for "
              + uriField
              + " or front, found "
              + (header.isEmpty() ? "no header" : String.join(", ", header))
              + "; name one with --uriField");
    }
    return header;
  }

  private void read(List<String> header, CSVRecord record, long line, RowSink sink) {
    Map<String, String> fields = new LinkedHashMap<>();
    boolean blank = true;
    boolean valid = true;
    for (int i = 0; i < record.size(); i++) {
      String value = record.get(i);
      blank &= value.isBlank();
      valid &= value.indexOf(REPLACEMENT) < 0;
      if (i < header.size() && !value.isBlank()) {
        fields.putIfAbsent(header.get(i), value);
      }
    }
    String raw = String.join(String.valueOf(delimiter), record.values());
    if (blank) {
      sink.blank();
    } else if (!valid) {
      sink.unreadable(line, raw, "the line is not valid UTF-8");
    } else {
      sink.row(new ManifestRow(line, raw, fields, Map.of()));
    }
  }

  private static InputStream withoutBom(InputStream in) throws IOException {
    PushbackInputStream pushback = new PushbackInputStream(in, 3);
    byte[] start = pushback.readNBytes(3);
    boolean bom =
        start.length == 3
            && start[0] == (byte) 0xEF
            && start[1] == (byte) 0xBB
            && start[2] == (byte) 0xBF;
    if (!bom) {
      pushback.unread(start);
    }
    return pushback;
  }
}
