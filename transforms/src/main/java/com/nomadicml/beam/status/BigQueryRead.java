package com.nomadicml.beam.status;

import com.google.api.services.bigquery.model.TableRow;
import java.util.Map;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryDynamicReadDescriptor;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryIO;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryIO.TypedRead.Method;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices;
import org.apache.beam.sdk.options.StreamingOptions;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Distinct;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.Wait;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Reads the rows of some destinations from a BigQuery table.
 *
 * <p>The query runs when all destinations are there, and so after whatever they wait for; they pick
 * from its rows. In a stream it runs when the pipeline starts, by a worker.
 */
final class BigQueryRead<T> extends PTransform<PCollection<String>, PCollection<T>> {
  private final BigQueryTable<T> table;
  private final String filter;
  private final SerializableFunction<T, String> destination;
  private final transient BigQueryServices services;

  BigQueryRead(
      BigQueryTable<T> table,
      String filter,
      SerializableFunction<T, String> destination,
      BigQueryServices services) {
    this.table = table;
    this.filter = filter;
    this.destination = destination;
    this.services = services;
  }

  @Override
  public PCollection<T> expand(PCollection<String> destinations) {
    PCollectionView<Map<String, String>> wanted =
        destinations
            .apply("Distinct", Distinct.create())
            .apply(
                "Key",
                WithKeys.<String, String>of(name -> name).withKeyType(TypeDescriptors.strings()))
            .apply("Wanted", View.asMap());
    boolean isStreaming =
        destinations.getPipeline().getOptions().as(StreamingOptions.class).isStreaming();
    return (isStreaming ? fromTheStart(destinations) : afterAll(destinations))
        .apply("Pick", ParDo.of(new PickFn<>(table, destination, wanted)).withSideInputs(wanted))
        .setTypeDescriptor(TypeDescriptor.of(table.table().type()));
  }

  private PCollection<TableRow> afterAll(PCollection<String> destinations) {
    return destinations
        .getPipeline()
        .apply("Query", Create.of(sql()))
        .apply("AfterAll", Wait.on(destinations))
        .apply(
            "Describe",
            MapElements.into(TypeDescriptor.of(BigQueryDynamicReadDescriptor.class))
                .via(sql -> BigQueryDynamicReadDescriptor.query(sql, false, false)))
        .apply("Read", BigQueryIO.readDynamicallyTableRows().withTestServices(services));
  }

  private PCollection<TableRow> fromTheStart(PCollection<String> destinations) {
    return destinations
        .getPipeline()
        .apply(
            "Query",
            BigQueryIO.readTableRows()
                .fromQuery(sql())
                .usingStandardSql()
                .withMethod(Method.DIRECT_READ)
                // The run has just created the tables.
                .withoutValidation()
                .withTestServices(services)
                // Else whoever describes the job would run it.
                .withTemplateCompatibility());
  }

  private String sql() {
    return table.select() + " WHERE " + filter;
  }

  /** Parses rows, and keeps those of the wanted destinations. */
  static final class PickFn<T> extends DoFn<TableRow, T> {
    private final BigQueryTable<T> table;
    private final SerializableFunction<T, String> destination;
    private final PCollectionView<Map<String, String>> wanted;

    PickFn(
        BigQueryTable<T> table,
        SerializableFunction<T, String> destination,
        PCollectionView<Map<String, String>> wanted) {
      this.table = table;
      this.destination = destination;
      this.wanted = wanted;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      T row = table.fromRow(context.element());
      if (context.sideInput(wanted).containsKey(destination.apply(row))) {
        context.output(row);
      }
    }
  }
}
