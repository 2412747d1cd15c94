package com.nomadicml.beam.status;

import com.nomadicml.beam.model.VideoStatus;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.Distinct;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * Reads all rows of some destinations but the {@code REJECTED} ones: from PostgreSQL in ranges of
 * their key, side by side, each on a connection of its own. SQLite's file is read in one go.
 */
final class JdbcReadRanges extends PTransform<PCollection<String>, PCollection<VideoStatus>> {
  /** Of a range: some seconds of reading. */
  static final int ROWS = 100_000;

  private final JdbcDatabase database;
  private final int rows;

  /**
   * @param rows of a range at most
   */
  JdbcReadRanges(JdbcDatabase database, int rows) {
    this.database = database;
    this.rows = rows;
  }

  /**
   * Rows of a destination by their URI.
   *
   * @param after the last one before them; null for none
   * @param last the last one of them; null for all that follow
   */
  record Range(String destination, @Nullable String after, @Nullable String last)
      implements Serializable {}

  @Override
  public PCollection<VideoStatus> expand(PCollection<String> destinations) {
    return destinations
        .apply("Distinct", Distinct.create())
        .apply("CutRanges", ParDo.of(new CutRangesFn(database, rows)))
        .setCoder(SerializableCoder.of(Range.class))
        .apply("Spread", Reshuffle.viaRandomKey())
        .apply("ReadRange", ParDo.of(new ReadRangeFn(database)))
        .setTypeDescriptor(TypeDescriptor.of(VideoStatus.class));
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder
        .add(DisplayData.item("database", database.toString()))
        .add(DisplayData.item("table", VideoTable.VIDEOS.name()));
  }

  private static final class CutRangesFn extends DoFn<String, Range> {
    private static final long serialVersionUID = 1L;

    private final JdbcDatabase database;
    private final int rows;

    CutRangesFn(JdbcDatabase database, int rows) {
      this.database = database;
      this.rows = rows;
    }

    @ProcessElement
    public void cut(@Element String destination, OutputReceiver<Range> out) {
      String key = StorableText.key(destination);
      String after = null;
      for (String last : lasts(key)) {
        out.output(new Range(key, after, last));
        after = last;
      }
      out.output(new Range(key, after, null));
    }

    /** The last URI of each range but the last; only the index of the key is read for them. */
    private List<String> lasts(String key) {
      if (database.dialect() == JdbcDialect.SQLITE) {
        return List.of();
      }
      String sql =
          "SELECT source_uri FROM (SELECT source_uri, ROW_NUMBER() OVER (ORDER BY source_uri) AS"
              + " place FROM import_videos WHERE destination = ?) AS placed WHERE place % "
              + rows
              + " = 0 ORDER BY source_uri";
      return new JdbcQuery(database, sql).list(row -> row.getString("source_uri"), List.of(key));
    }
  }

  private static final class ReadRangeFn extends DoFn<Range, VideoStatus> {
    private static final long serialVersionUID = 1L;

    private final JdbcDatabase database;

    ReadRangeFn(JdbcDatabase database) {
      this.database = database;
    }

    @ProcessElement
    public void read(@Element Range range, OutputReceiver<VideoStatus> out) {
      String sql = "SELECT * FROM import_videos WHERE destination = ? AND state <> 'REJECTED'";
      List<String> parameters = new ArrayList<>();
      parameters.add(range.destination());
      if (range.after() != null) {
        sql += " AND source_uri > ?";
        parameters.add(range.after());
      }
      if (range.last() != null) {
        sql += " AND source_uri <= ?";
        parameters.add(range.last());
      }
      new JdbcQuery(database, sql)
          .forEach(database.dialect().rows(VideoTable.VIDEOS), parameters, out::output);
    }
  }
}
