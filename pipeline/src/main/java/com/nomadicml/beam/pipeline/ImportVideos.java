package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.api.RequestBudget;
import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.imports.lane.PollImports;
import com.nomadicml.beam.manifest.ParseRows;
import com.nomadicml.beam.manifest.ReadManifests;
import com.nomadicml.beam.model.Rejection;
import com.nomadicml.beam.model.ValueCoder;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.RunStatus;
import java.time.Clock;
import java.util.UUID;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Wait;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;

/**
 * Imports the videos that rows name, as a step of any pipeline. Takes rows whose fields are named
 * as the columns of a manifest are; yields the {@link #OUTCOMES}, a row an item, and the {@link
 * #REJECTIONS} of rows that are never sent. The status tables are live meanwhile, as they are of
 * the launcher.
 *
 * <pre>{@code
 * ImportOptions options = PipelineOptionsFactory.as(ImportOptions.class);
 * options.setStatusTable("jdbc:postgresql://HOST/DATABASE");
 * PCollectionTuple imported = rows.apply(ImportVideos.with(options));
 * }</pre>
 *
 * <p>An item that was done before yields its row too. What an earlier run has left open in the same
 * destinations is taken up, and yields its rows. All of it happens in the job: the tables, the
 * run's row and its lease are made when it runs. The steps that plan renew the lease, then the lane
 * does, and the last step releases it. A run whose lease another has taken meanwhile sends nothing,
 * and its job fails.
 */
public final class ImportVideos extends PTransform<PCollection<Row>, PCollectionTuple> {
  public static final TupleTag<VideoStatus> OUTCOMES = new TupleTag<>() {};
  public static final TupleTag<Rejection> REJECTIONS = ReadManifests.REJECTIONS;

  /** What stands for a manifest's name in the tables. */
  private static final String ROWS = "rows";

  private final ImportSettings settings;
  private final AccountCheck.Terms terms;
  private final String options;

  private ImportVideos(ImportSettings settings, AccountCheck.Terms terms, String options) {
    this.settings = settings;
    this.terms = terms;
    this.options = options;
  }

  /**
   * Imports as these options say. Those that name manifests are left out of account.
   *
   * @throws IllegalArgumentException with one line for the user when a value can't be used
   */
  public static ImportVideos with(ImportOptions options) {
    options.setManifest(ROWS);
    return new ImportVideos(
        ImportSettings.of(options, UUID.randomUUID().toString()),
        AccountCheck.Terms.of(options),
        OptionsText.of(options));
  }

  @Override
  public PCollectionTuple expand(PCollection<Row> rows) {
    if (rows.isBounded() == IsBounded.UNBOUNDED) {
      throw new IllegalArgumentException(
          "the rows to import have no end: name a bounded input, or let ./nomadic-import"
              + " --streaming read the source itself");
    }
    Clock clock = Clock.systemUTC();
    HttpApiFactory unchecked = api(clock);
    HttpApiFactory api =
        unchecked.withOwnerCheck(
            new AccountCheck(terms, settings, clock, System.err)
                .onWorkers(AccountCheck.Access.ALL));
    Pipeline pipeline = rows.getPipeline();
    PCollection<RunStatus> run =
        pipeline
            .apply("RunId", Create.of(settings.runId()))
            .apply("StartRun", ParDo.of(new StartRun(settings, unchecked, terms, options, clock)))
            .setCoder(ValueCoder.of(RunStatus.class));
    PCollectionTuple lines =
        rows.apply("AllAtOnce", Window.into(new GlobalWindows()))
            .apply("AfterStart", Wait.on(run))
            .setRowSchema(rows.getSchema())
            .apply("ParseRows", parse());
    PCollectionTuple plan =
        lines.apply("PlanImports", new PlanLines(settings, api, clock).embedded());
    PCollection<Void> written = plan.apply("WriteAhead", new WritePlan(settings, clock));
    PCollection<VideoStatus> polled =
        pipeline.apply("PollImports", PollImports.after(settings.lane(api, clock), written));
    PCollection<VideoStatus> outcomes =
        PCollectionList.of(polled)
            .and(plan.get(PlanLines.SETTLED))
            .and(
                plan.get(PlanLines.ROWS)
                    .apply("Refused", Filter.by(row -> row.getState() != VideoState.REJECTED)))
            .apply("Outcomes", Flatten.pCollections());
    run.apply("EndRun", new EndRun(outcomes, settings.store(), api, clock));
    return PCollectionTuple.of(OUTCOMES, outcomes).and(REJECTIONS, lines.get(REJECTIONS));
  }

  private ParseRows parse() {
    return ParseRows.of(ROWS)
        .withUriField(settings.uriField())
        .withColumns(settings.reading().columns())
        .withLabels(settings.reading().labels());
  }

  private HttpApiFactory api(Clock clock) {
    return new HttpApiFactory(
            settings.runId(),
            settings.apiUrl(),
            settings.apiKey(),
            settings.collection(),
            settings.quota(RequestBudget.dayOf(clock.instant()), 0),
            settings.store()::requestsOn,
            clock,
            Sleeper.real())
        .sharing(settings.store().quota().orElse(null));
  }
}
