package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.KeyVerification;
import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.imports.ImportRefusedException;
import com.nomadicml.beam.manifest.ManifestException;
import com.nomadicml.beam.status.RunState;
import com.nomadicml.beam.status.RunStatus;
import java.io.PrintStream;
import java.time.Clock;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run: verify the key, run the pipeline, check the sum, keep the run's own row. */
final class ImportRun {
  private static final Logger LOG = LoggerFactory.getLogger(ImportRun.class);

  private final ImportOptions options;
  private final ImportSettings settings;
  private final Clock clock;
  private final PrintStream out;
  private final PrintStream err;

  ImportRun(
      ImportOptions options,
      ImportSettings settings,
      Clock clock,
      PrintStream out,
      PrintStream err) {
    this.options = options;
    this.settings = settings;
    this.clock = clock;
    this.out = out;
    this.err = err;
  }

  /** Runs to the end and returns an {@link ExitCode}. */
  int run() {
    HttpApiFactory api =
        new HttpApiFactory(
            settings.runId(),
            settings.apiUrl(),
            settings.apiKey(),
            settings.collection(),
            settings.requestsPerMinute(),
            settings.apiLanes(),
            clock,
            Sleeper.real());
    verifyKey(api);
    settings.store().createTables();
    RunStatus run =
        RunStatus.started(
            settings.runId(), settings.manifest(), OptionsText.of(options), clock.instant());
    settings.store().recordRun(run);
    try {
      Pipeline pipeline = Pipeline.create(options);
      pipeline.apply("Import", new ImportPipeline(settings, api, clock));
      PipelineResult result = pipeline.run();
      PipelineResult.State state = result.waitUntilFinish();
      if (state != null && state != PipelineResult.State.DONE) {
        throw new IllegalStateException("the pipeline ended as " + state);
      }
      return finish(run, Conservation.of(result), api.requestsSent());
    } catch (RuntimeException e) {
      record(run.toBuilder().setState(RunState.FAILED).setRequests(api.requestsSent()));
      throw e;
    }
  }

  private void verifyKey(HttpApiFactory api) {
    try {
      KeyVerification key = api.openHere().verifyKey();
      if (!key.isValid()) {
        throw new IllegalArgumentException(
            "the API says that the key is not valid: create a new one (Profile → API Keys)");
      }
      if (!key.canWrite()) {
        LOG.warn("The API key has no write scope: imports may be refused");
      }
    } catch (ApiException e) {
      if (e.kind() == ApiException.Kind.PERMANENT) {
        throw new IllegalArgumentException(
            "the API at "
                + settings.apiUrl()
                + " refuses the key ("
                + e.status()
                + ": "
                + e.getMessage()
                + "): check "
                + settings.apiKey().kind()
                + ":"
                + settings.apiKey().name(),
            e);
      }
      throw new IllegalStateException(
          "the API at " + settings.apiUrl() + " can't be reached: " + e.getMessage(), e);
    }
  }

  private int finish(RunStatus run, Conservation sum, long requests) {
    RunState state =
        !sum.holds()
            ? RunState.FAILED
            : sum.isAllUploaded() ? RunState.COMPLETED : RunState.COMPLETED_WITH_FAILURES;
    record(
        run.toBuilder()
            .setState(state)
            .setRequests(requests)
            .setLinesRead(sum.linesRead())
            .setBlank(sum.blank())
            .setRejected(sum.rejected())
            .setDuplicate(sum.duplicate())
            .setAlreadyDone(sum.alreadyDone())
            .setUploaded(sum.uploaded())
            .setFailed(sum.failed())
            .setMissing(sum.missing())
            .setRefused(sum.refused())
            .setUnknown(sum.unknown())
            .setOpen(sum.open()));
    RunSummary.print(out, sum, settings.store().report(settings.runId()), requests, settings);
    if (!sum.holds()) {
      err.println(
          "nomadic-import: the sum does not hold: "
              + (sum.linesRead() + sum.carriedOver())
              + " items came in, "
              + sum.accountedFor()
              + " are accounted for. Run again with the same command, and report this.");
      return ExitCode.BROKEN;
    }
    return sum.isAllUploaded() ? ExitCode.OK : ExitCode.SOME_NOT_UPLOADED;
  }

  private void record(RunStatus.Builder run) {
    settings.store().recordRun(run.setFinishedAt(clock.millis()).build());
  }

  /** The user's own mistake behind a failure, or null when it is not theirs. */
  static String userMistake(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ManifestException
          || cause instanceof ImportRefusedException
          || cause instanceof java.io.FileNotFoundException) {
        return cause.getMessage();
      }
    }
    return null;
  }
}
