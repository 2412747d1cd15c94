package com.nomadicml.beam.manifest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/** The same table of texts in each format. */
final class Tables {
  private Tables() {}

  /** Writes a file that is named by its format; texts hold no delimiter. */
  static Path write(Path directory, String format, List<Map<String, String>> rows)
      throws IOException {
    List<String> names = List.copyOf(new TreeSet<>(rows.get(0).keySet()));
    Path file = directory.resolve("table." + format);
    return switch (format) {
      case "csv", "tsv" -> {
        String delimiter = format.equals("csv") ? "," : "\t";
        List<String> lines = new ArrayList<>(List.of(String.join(delimiter, names)));
        rows.forEach(
            row -> lines.add(String.join(delimiter, names.stream().map(row::get).toList())));
        yield Files.write(file, lines);
      }
      case "jsonl" ->
          Files.write(file, rows.stream().map(row -> JsonRow.text((Object) row)).toList());
      case "json" -> Files.writeString(file, JsonRow.text((Object) rows));
      default -> {
        SchemaBuilder.FieldAssembler<Schema> fields = SchemaBuilder.record("row").fields();
        names.forEach(fields::requiredString);
        Schema schema = fields.endRecord();
        List<GenericRecord> records = new ArrayList<>();
        for (Map<String, String> row : rows) {
          GenericRecord record = new GenericData.Record(schema);
          row.forEach(record::put);
          records.add(record);
        }
        yield Files.write(file, WrittenFiles.of(format, schema, records));
      }
    };
  }
}
