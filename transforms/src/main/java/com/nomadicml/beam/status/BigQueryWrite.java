package com.nomadicml.beam.status;

import com.google.api.services.bigquery.model.TableRow;
import java.io.Serializable;
import java.util.List;
import java.util.function.Predicate;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryIO;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryIO.Write.CreateDisposition;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryIO.Write.Method;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryIO.Write.WriteDisposition;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryStorageApiInsertError;
import org.apache.beam.sdk.io.gcp.bigquery.RowMutationInformation;
import org.apache.beam.sdk.io.gcp.bigquery.RowMutationInformation.MutationType;
import org.apache.beam.sdk.io.gcp.bigquery.WriteResult;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PCollectionList;

/** Upserts rows into a BigQuery table, through its change data capture. */
final class BigQueryWrite<T> extends PTransform<PCollection<T>, PCollection<Void>> {
  private final BigQueryTable<T> table;
  private final transient BigQueryServices services;

  BigQueryWrite(BigQueryTable<T> table, BigQueryServices services) {
    this.table = table;
    this.services = services;
  }

  @Override
  public PCollection<Void> expand(PCollection<T> rows) {
    BigQueryTable<T> table = this.table;
    // Beam 2.71 can't hand back the change columns of a row; the key is enough to count rows.
    List<String> key = table.table().key();
    WriteResult result =
        rows.apply(
            "Upsert",
            BigQueryIO.<T>write()
                .to(table.reference())
                .withSchema(table.schema())
                .withFormatFunction(table::toRow)
                .withPrimaryKey(key)
                .withClustering(table.clustering())
                .withRowMutationInformationFn(
                    row ->
                        RowMutationInformation.of(MutationType.UPSERT, table.changeSequence(row)))
                .withMethod(Method.STORAGE_API_AT_LEAST_ONCE)
                .withCreateDisposition(CreateDisposition.CREATE_IF_NEEDED)
                .withWriteDisposition(WriteDisposition.WRITE_APPEND)
                .withPropagateSuccessfulStorageApiWrites(
                    (Predicate<String> & Serializable) key::contains)
                // The run has just created the tables.
                .withoutValidation()
                .withTestServices(services));
    PCollection<TableRow> inserted = result.getSuccessfulStorageApiInserts();
    PCollection<Void> written =
        rows.isBounded() == IsBounded.BOUNDED
            ? inserted.apply("CheckCount", new SameCount<>(rows))
            : inserted.apply("Written", ParDo.of(new NothingFn<>()));
    PCollection<Void> refused =
        result.getFailedStorageApiInserts().apply("Refused", ParDo.of(new FailFn(table.quoted())));
    return PCollectionList.of(written).and(refused).apply("Done", Flatten.pCollections());
  }

  /** Emits nothing: only its progress counts. */
  private static final class NothingFn<InputT> extends DoFn<InputT, Void> {
    @ProcessElement
    public void process() {}
  }

  /** A row that BigQuery refuses must not be lost in silence. */
  private static final class FailFn extends DoFn<BigQueryStorageApiInsertError, Void> {
    private final String table;

    FailFn(String table) {
      this.table = table;
    }

    @ProcessElement
    @SuppressWarnings("DoNotCallSuggester") // Beam calls it, by reflection
    public void process(@Element BigQueryStorageApiInsertError error) {
      throw new StatusStoreException(
          "BigQuery refused a row of " + table + ": " + error.getErrorMessage());
    }
  }
}
