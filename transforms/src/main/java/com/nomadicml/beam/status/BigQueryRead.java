package com.nomadicml.beam.status;

import com.google.api.services.bigquery.model.TableRow;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryIO;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryIO.TypedRead.Method;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices;
import org.apache.beam.sdk.options.StreamingOptions;
import org.apache.beam.sdk.transforms.Distinct;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Reads the rows of some destinations from a BigQuery table.
 *
 * <p>The query runs when the pipeline starts, whatever the destinations wait for; they only pick
 * from its rows. In a stream it is run by a worker: Beam 2.71's source of it would be run by
 * whoever describes the job, and its readers break on a table without rows.
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
    Pipeline pipeline = destinations.getPipeline();
    BigQueryIO.TypedRead<TableRow> query =
        BigQueryIO.readTableRows()
            .fromQuery(table.select() + " WHERE " + filter)
            .usingStandardSql()
            .withMethod(Method.DIRECT_READ)
            // The run has just created the tables.
            .withoutValidation()
            .withTestServices(services);
    boolean isStreaming = pipeline.getOptions().as(StreamingOptions.class).isStreaming();
    return pipeline
        .apply("Query", isStreaming ? query.withTemplateCompatibility() : query)
        .apply("Pick", ParDo.of(new PickFn<>(table, destination, wanted)).withSideInputs(wanted))
        .setTypeDescriptor(TypeDescriptor.of(table.table().type()));
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
