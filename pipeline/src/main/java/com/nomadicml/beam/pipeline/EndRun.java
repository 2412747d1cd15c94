package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.api.RequestBudget;
import com.nomadicml.beam.imports.ErrorCode;
import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.status.RunState;
import com.nomadicml.beam.status.RunStatus;
import com.nomadicml.beam.status.StatusReport;
import com.nomadicml.beam.status.StatusStore;
import com.nomadicml.beam.status.Tally;
import java.time.Clock;
import java.time.LocalDate;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Wait;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;

/**
 * The last step of a launched job: once all tables are written, ends the run's row and gives its
 * leases back, as no launcher is there to do it.
 *
 * <p>It counts the rows that this run has written, by their state. What leaves no row (lines read,
 * duplicates, what was done before) stays 0, and the sum is not checked: a step can't read the
 * counters. Its requests are those of the launcher, of the lane, and of the worker that it runs on.
 */
final class EndRun extends PTransform<PCollection<RunStatus>, PDone> {
  private final PCollection<?> written;
  private final StatusStore store;
  private final HttpApiFactory api;
  private final Clock clock;

  /**
   * @param written what is complete when all tables are written
   */
  EndRun(PCollection<?> written, StatusStore store, HttpApiFactory api, Clock clock) {
    this.written = written;
    this.store = store;
    this.api = api;
    this.clock = clock;
  }

  @Override
  public PDone expand(PCollection<RunStatus> run) {
    run.apply("AfterTables", Wait.on(written)).apply("End", ParDo.of(new EndFn(store, api, clock)));
    return PDone.in(run.getPipeline());
  }

  private static final class EndFn extends DoFn<RunStatus, Void> {
    private static final long serialVersionUID = 1L;

    private final StatusStore store;
    private final HttpApiFactory api;
    private final Clock clock;

    EndFn(StatusStore store, HttpApiFactory api, Clock clock) {
      this.store = store;
      this.api = api;
      this.clock = clock;
    }

    @ProcessElement
    public void end(@Element RunStatus started) {
      LocalDate today = RequestBudget.dayOf(clock.instant());
      long before = started.getQuotaDay().equals(today.toString()) ? started.getRequestsOnDay() : 0;
      Map<LocalDate, Long> others = RunRecord.sentByOthers(store, started.getRunId());
      long inAll = others.values().stream().mapToLong(Long::longValue).sum();
      store.recordRun(
          counted(started, store.report(started.getRunId()))
              .setFinishedAt(clock.millis())
              .setRequests(Math.max(started.getRequests(), inAll) + api.requestsSent())
              .setQuotaDay(today.toString())
              .setRequestsOnDay(
                  Math.max(before, others.getOrDefault(today, 0L)) + api.requestsSentOn(today))
              .build());
      store.leases().release(started.getRunId());
    }
  }

  private static RunStatus.Builder counted(RunStatus started, StatusReport report) {
    long uploaded = items(report, tally -> tally.getState() == VideoState.UPLOADED);
    long whole = uploaded - items(report, tally -> isFor(tally, ErrorCode.VIEWS_FAILED));
    long all = items(report, tally -> true);
    long stopped = items(report, tally -> isFor(tally, ErrorCode.CANARY_FAILED));
    long open =
        items(report, tally -> !tally.getState().isFinal())
            - items(report, tally -> tally.getState() == VideoState.SUBMIT_UNKNOWN)
            - stopped;
    return started.toBuilder()
        .setState(state(report, whole == all))
        .setRejected(items(report, tally -> tally.getState() == VideoState.REJECTED))
        .setUploaded(uploaded)
        .setFailed(items(report, tally -> tally.getState() == VideoState.UPLOADING_FAILED))
        .setMissing(items(report, tally -> tally.getState() == VideoState.MISSING))
        .setRefused(items(report, tally -> tally.getState() == VideoState.REFUSED))
        .setUnknown(items(report, tally -> tally.getState() == VideoState.SUBMIT_UNKNOWN))
        .setOpen(open)
        .setStopped(stopped);
  }

  private static RunState state(StatusReport report, boolean isAllUploaded) {
    long stopped =
        items(
            report,
            tally ->
                isFor(tally, ErrorCode.CANARY_FAILED)
                    || isFor(tally, ErrorCode.ACCOUNT_REFUSED)
                    || isFor(tally, ErrorCode.RUN_STOPPED));
    if (stopped > 0) {
      return RunState.STOPPED;
    }
    if (items(report, tally -> isFor(tally, ErrorCode.QUOTA_SPENT)) > 0) {
      return RunState.PAUSED;
    }
    return isAllUploaded ? RunState.COMPLETED : RunState.COMPLETED_WITH_FAILURES;
  }

  private static boolean isFor(Tally tally, ErrorCode code) {
    return code.name().equals(tally.getErrorCode());
  }

  private static long items(StatusReport report, Predicate<Tally> which) {
    return report.getTallies().stream().filter(which).mapToLong(Tally::getItems).sum();
  }
}
