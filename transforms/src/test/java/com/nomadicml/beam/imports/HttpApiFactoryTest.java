package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.Streams;
import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.ApiKeySource;
import com.nomadicml.beam.api.HeldBackException;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.api.QuotaSpentException;
import com.nomadicml.beam.api.RequestBudget;
import com.nomadicml.beam.api.RunStoppedException;
import com.nomadicml.beam.api.ScriptedServer;
import com.nomadicml.beam.api.ScriptedServer.Answer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.DistributionResult;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** The budget that all transforms of a process share, by a clock that goes on when one sleeps. */
class HttpApiFactoryTest {
  private static final Answer JOB = Answer.of(200, "{}");
  private static final LocalDate TODAY = LocalDate.parse("2026-11-25");

  @Test
  void waitingShowsAsThrottling() {
    try (ScriptedServer server = new ScriptedServer();
        HttpApiFactory api = api(server, 2, 0, 0)) {
      server.times(3, JOB);
      TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
      pipeline.apply(Create.of(3)).apply(ParDo.of(new CallFn(api)));
      PipelineResult result = pipeline.run();
      result.waitUntilFinish();

      assertThat(counter(result, ImportMetrics.REQUESTS)).isEqualTo(3);
      // The third had to wait for the first to leave the window.
      assertThat(throttled(result)).isBetween(60_000L, 61_000L);
    }
  }

  @Test
  void whatARunHasKeptIsLetGoAndNothingIsSentForItAnyMore() throws Exception {
    try (ScriptedServer server = new ScriptedServer();
        HttpApiFactory api = api(server, 0, 0, 0)) {
      server.times(2, JOB);
      api.openHere().importJob("ij_1");
      assertThat(api.requestsSent()).isEqualTo(1);

      api.stop("enough");
      api.forget();

      assertThat(api.requestsSent()).isZero();
      assertThat(api.stopReason()).isEmpty();
      Assertions.assertThatThrownBy(() -> api.openHere().importJob("ij_1"))
          .isInstanceOf(Exception.class);
      assertThat(server.requests()).hasSize(1);
    }
  }

  /** By namespace and name, as Dataflow's workers look it up. */
  private static long throttled(PipelineResult result) {
    MetricName name =
        MetricName.named(Metrics.THROTTLE_TIME_NAMESPACE, Metrics.THROTTLE_TIME_COUNTER_NAME);
    return Streams.stream(
            result.metrics().queryMetrics(MetricsFilter.builder().build()).getCounters())
        .filter(counter -> counter.getName().equals(name))
        .mapToLong(MetricResult::getAttempted)
        .sum();
  }

  @Test
  void requestsAreCountedByWhatTheyWereAboutAndHowTheyWereAnswered() {
    try (ScriptedServer server = new ScriptedServer();
        HttpApiFactory api = api(server, 0, 100, 0)) {
      server
          .then(429, "{}", "Retry-After", "2")
          .then(503, "{}")
          .then(Answer.truncated(200, "{\"id\":\"a\"}"))
          .then(JOB)
          .then(JOB);
      TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
      pipeline.apply(Create.of(2)).apply(ParDo.of(new CallFn(api)));
      PipelineResult result = pipeline.run();
      result.waitUntilFinish();

      assertThat(counter(result, "requests_job_429")).isEqualTo(1);
      assertThat(counter(result, "requests_job_5xx")).isEqualTo(1);
      assertThat(counter(result, "requests_job_unanswered")).isEqualTo(1);
      assertThat(counter(result, "requests_job_2xx")).isEqualTo(2);
      assertThat(counter(result, ImportMetrics.REQUESTS)).isEqualTo(5);
      DistributionResult left = distribution(result, ImportMetrics.LANE_QUOTA_LEFT);
      assertThat(left.getMin()).isEqualTo(95);
      assertThat(left.getMax()).isEqualTo(99);
      assertThat(distribution(result, ImportMetrics.QUOTA_WAIT).getMax()).isEqualTo(2_000);
    }
  }

  @Test
  void lanesAndTransformsShareWhatIsSpent() throws ApiException {
    try (ScriptedServer server = new ScriptedServer();
        HttpApiFactory api = api(server, 0, 10, 0)) {
      server.times(3, JOB);
      api.open(0).importJob("a");
      api.open(0).importJob("b");
      api.open(1).importJob("c");

      assertThat(api.requestsSent()).isEqualTo(3);
      assertThat(api.requestsSentOn(TODAY)).isEqualTo(3);
    }
  }

  @Test
  void aKeyThatWasNotVerifiedHereIsCheckedOnceBeforeItsFirstRequest() throws ApiException {
    List<String> checked = new ArrayList<>();
    try (ScriptedServer server = new ScriptedServer();
        HttpApiFactory api =
            onWorker(server, 0, 0, day -> 0).withOwnerCheck(key -> checked.add(key.userId()))) {
      server.then(200, "{\"user_id\":\"u_1\"}").times(3, JOB);
      NomadicApi lane = api.open(0);
      assertThat(server.requests()).isEmpty();

      lane.importJob("a");
      lane.importJob("b");
      api.open(1).importJob("c");

      assertThat(checked).containsExactly("u_1");
      assertThat(server.requests())
          .extracting(ScriptedServer.Request::path)
          .containsExactly(
              "/api/keys/verify", "/api/import-jobs/a", "/api/import-jobs/b", "/api/import-jobs/c");
      assertThat(api.requestsSent()).isEqualTo(4);
    }
  }

  @Test
  void aKeyThatWasVerifiedHereIsNotAskedAboutAgain() throws ApiException {
    try (ScriptedServer server = new ScriptedServer();
        HttpApiFactory api = api(server, 0, 0, 0)) {
      server.then(200, "{\"user_id\":\"u_1\"}").then(JOB);
      assertThat(api.verifyKey().userId()).isEqualTo("u_1");

      api.withOwnerCheck(
              key -> {
                throw new AssertionError("asked again");
              })
          .open(0)
          .importJob("a");

      assertThat(server.requests()).hasSize(2);
    }
  }

  @Test
  void nothingIsSentWithAKeyThatIsRefused() {
    try (ScriptedServer server = new ScriptedServer();
        HttpApiFactory api =
            onWorker(server, 0, 0, day -> 0)
                .withOwnerCheck(
                    key -> {
                      throw new ApiException(ApiException.Kind.PERMANENT, 401, "another's");
                    })) {
      server.times(2, Answer.of(200, "{}"));
      NomadicApi lane = api.open(0);

      for (int i = 0; i < 2; i++) {
        Assertions.assertThatThrownBy(() -> lane.importJob("a"))
            .isInstanceOf(ApiException.class)
            .hasMessage("another's");
      }
      assertThat(server.requests())
          .extracting(ScriptedServer.Request::path)
          .containsOnly("/api/keys/verify");
    }
  }

  @Test
  void whatOthersSpendMeanwhileCounts() throws ApiException {
    try (ScriptedServer server = new ScriptedServer();
        HttpApiFactory api = api(server, 0, 10, 5)) {
      server.times(1, JOB);
      api.openHere().importJob("a");
      assertThat(api.nextRequestAt(VirtualTime.now)).isEqualTo(VirtualTime.now);

      api.spentElsewhere(TODAY, 9);

      assertThat(api.nextRequestAt(VirtualTime.now))
          .isAfterOrEqualTo(TODAY.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant());
    }
  }

  @Test
  void aStoppedRunSaysWhyOnEveryLane() {
    try (ScriptedServer server = new ScriptedServer();
        HttpApiFactory api = api(server, 0, 0, 0)) {
      NomadicApi before = api.open(0);
      api.stop("enough");
      api.stop("more than enough");

      Assertions.assertThatThrownBy(() -> before.importJob("a"))
          .isInstanceOf(RunStoppedException.class)
          .hasMessage("enough");
      Assertions.assertThatThrownBy(() -> api.open(7).importJob("a"))
          .isInstanceOf(RunStoppedException.class);
      assertThat(api.stopReason()).contains("enough");
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void aWorkerThatTakesALaneOverIsSilentForAMinute() throws ApiException {
    try (ScriptedServer server = new ScriptedServer();
        HttpApiFactory api = onWorker(server, 60, 0, day -> 0)) {
      server.times(2, JOB);
      Instant start = VirtualTime.now;

      api.open(0).importJob("a");
      Duration silence = Duration.between(start, VirtualTime.now);
      api.open(0).importJob("b");

      assertThat(silence).isEqualTo(RequestBudget.WINDOW);
      assertThat(VirtualTime.now).isEqualTo(start.plus(RequestBudget.WINDOW));
    }
  }

  /** So that a stream's timer waits for it, and not its thread. */
  @Test
  void aLaneThatIsTakenOverSaysWhenItsSilenceEnds() {
    try (ScriptedServer server = new ScriptedServer();
        HttpApiFactory api = onWorker(server, 60, 0, day -> 0)) {
      Instant start = VirtualTime.now;

      assertThat(api.open(0)).isNotNull();
      assertThat(api.nextRequestAt(start)).isEqualTo(start.plus(RequestBudget.WINDOW));
    }
  }

  @Test
  void aThreadWithOtherThingsToDoIsNotKeptWaiting() throws ApiException {
    try (ScriptedServer server = new ScriptedServer();
        HttpApiFactory api = api(server, 1, 0, 0)) {
      server.times(2, JOB);
      Instant start = VirtualTime.now;
      NomadicApi lane = api.open(0, Duration.ofSeconds(1));
      lane.importJob("a");

      Assertions.assertThatThrownBy(() -> lane.importJob("b"))
          .isInstanceOf(HeldBackException.class);
      assertThat(VirtualTime.now).isEqualTo(start);
      assertThat(server.requests()).hasSize(1);

      VirtualTime.now = api.nextRequestAt(start);
      lane.importJob("b");
      assertThat(server.requests()).hasSize(2);
    }
  }

  @Test
  void aWorkerIsNotSilentWhereNothingIsLimited() throws ApiException {
    try (ScriptedServer server = new ScriptedServer();
        HttpApiFactory api = onWorker(server, 0, 0, day -> 0)) {
      server.times(1, JOB);
      Instant start = VirtualTime.now;

      api.open(0).importJob("a");

      assertThat(VirtualTime.now).isEqualTo(start);
    }
  }

  @Test
  void aWorkerLearnsWhatTheDayHasSpentBeforeItsFirstRequest() {
    try (ScriptedServer server = new ScriptedServer();
        HttpApiFactory api = onWorker(server, 0, 10, day -> day.equals(TODAY) ? 10 : 0)) {
      Assertions.assertThatThrownBy(() -> api.open(0).importJob("a"))
          .isInstanceOf(QuotaSpentException.class);
      assertThat(server.requests()).isEmpty();
    }
  }

  private static HttpApiFactory api(
      ScriptedServer server, int perMinute, int perDay, long spentToday) {
    VirtualTime.now = Instant.parse("2026-11-25T10:00:00Z");
    return new HttpApiFactory(
        UUID.randomUUID().toString(),
        server.url(),
        ApiKeySource.anyKey(),
        "videos",
        new RequestQuota(perMinute, perDay, Duration.ofMinutes(15), TODAY, spentToday),
        day -> spentToday,
        new VirtualTime(),
        wait -> VirtualTime.now = VirtualTime.now.plus(wait));
  }

  /** As a worker gets it from a launcher that is another process. */
  private static HttpApiFactory onWorker(
      ScriptedServer server, int perMinute, int perDay, SpentRequests spent) {
    VirtualTime.now = Instant.parse("2026-11-25T10:00:00Z");
    return new HttpApiFactory(
        UUID.randomUUID().toString(),
        server.url(),
        ApiKeySource.anyKey(),
        "videos",
        new RequestQuota(perMinute, perDay, Duration.ofMinutes(15), TODAY, 0),
        spent,
        new VirtualTime(),
        wait -> VirtualTime.now = VirtualTime.now.plus(wait),
        "the launcher");
  }

  private static MetricsFilter named(String name) {
    return MetricsFilter.builder()
        .addNameFilter(MetricNameFilter.named(ImportMetrics.NAMESPACE, name))
        .build();
  }

  private static DistributionResult distribution(PipelineResult result, String name) {
    return result
        .metrics()
        .queryMetrics(named(name))
        .getDistributions()
        .iterator()
        .next()
        .getAttempted();
  }

  private static long counter(PipelineResult result, String name) {
    MetricsFilter filter = named(name);
    long sum = 0;
    for (MetricResult<Long> found : result.metrics().queryMetrics(filter).getCounters()) {
      sum += found.getAttempted();
    }
    return sum;
  }

  /** Asks for a job so often. */
  private static class CallFn extends DoFn<Integer, Void> {
    private static final long serialVersionUID = 1L;
    private final NomadicApiFactory api;

    CallFn(NomadicApiFactory api) {
      this.api = api;
    }

    @ProcessElement
    public void call(@Element Integer times) throws ApiException {
      NomadicApi lane = api.open(0);
      for (int i = 0; i < times; i++) {
        lane.importJob("a");
      }
    }
  }

  /** Static, as a pipeline works with copies of what it is given. */
  private static final class VirtualTime extends Clock implements java.io.Serializable {
    private static final long serialVersionUID = 1L;
    private static volatile Instant now;

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
