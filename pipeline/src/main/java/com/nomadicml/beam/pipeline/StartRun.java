package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.status.RunStatus;
import java.time.Clock;
import org.apache.beam.sdk.transforms.DoFn;

/**
 * The first step of a job that nobody launches: checks the key and whose the tables are, creates
 * them, and begins the run's row. Takes the run's id; yields its row once it is written.
 */
final class StartRun extends DoFn<String, RunStatus> {
  private static final long serialVersionUID = 1L;

  private final ImportSettings settings;
  private final HttpApiFactory api;
  private final AccountCheck.Terms terms;
  private final String options;
  private final Clock clock;

  /**
   * @param options of the run, for its row
   */
  StartRun(
      ImportSettings settings,
      HttpApiFactory api,
      AccountCheck.Terms terms,
      String options,
      Clock clock) {
    this.settings = settings;
    this.api = api;
    this.terms = terms;
    this.options = options;
    this.clock = clock;
  }

  @ProcessElement
  public void start(@Element String runId, OutputReceiver<RunStatus> out) {
    AccountCheck account = new AccountCheck(terms, settings, clock, System.err);
    account.checkApi();
    KeyCheck key = new KeyCheck(api, settings, clock, Sleeper.real(), System.err);
    if (account.admit(key.verify()) != AccountCheck.Access.ALL) {
      throw new IllegalArgumentException(
          "the status tables in "
              + settings.store().describe()
              + " belong to a colleague: name tables of your own");
    }
    RunStatus started =
        RunStatus.started(runId, settings.manifest(), options, clock.instant()).toBuilder()
            .setMaxAttempts((long) settings.maxAttempts())
            .build();
    settings.store().recordRun(started);
    out.output(started);
  }
}
