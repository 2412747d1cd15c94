package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.api.HeldBackException;
import com.nomadicml.beam.api.HttpNomadicApi;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.api.QuotaSpentException;
import com.nomadicml.beam.api.RequestGate;
import com.nomadicml.beam.api.ScriptedServer;
import com.nomadicml.beam.model.ImportJob;
import com.nomadicml.beam.model.JobPage;
import com.nomadicml.beam.model.JobState;
import java.io.Closeable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.annotation.Nullable;
import org.apache.beam.runners.core.metrics.DistributionData;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.util.CoderUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a lane makes of the API's answers, and of being cut off. */
class LaneReaderTest {
  private static final Instant SUBMITTED = Instant.parse("2026-11-25T10:00:00Z");
  private static final Duration TIMEOUT = Duration.ofHours(1);

  private final ScriptedServer server = new ScriptedServer();
  private final List<JobPage> pages = new ArrayList<>();
  private final Api api = new Api();
  private Instant now = SUBMITTED.plusSeconds(10);

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aJobThatIsNotFoundYetIsLookedAtAgain() throws Exception {
    server.then(404, "{\"detail\":\"Import job not found\"}").then(200, page(null, "a"));
    read(job("a"), 1);
    assertThat(pages).isEmpty();
    now = now.plusSeconds(60);
    read(job("a"), 2);
    assertThat(ends()).containsExactly(JobState.COMPLETED);
  }

  @Test
  void aJobThatStaysUnfoundIsGivenUp() throws Exception {
    now = SUBMITTED.plusSeconds(61);
    server.then(404, "{\"detail\":\"Import job not found\"}");
    read(job("a"), 1);
    assertThat(ends()).containsExactly(JobState.INCOMPLETE);
    assertThat(pages.get(0).getReason()).contains("Import job not found");
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 410, 422})
  void aJobThatCannotBeReadIsLeftToTheNextRun(int status) throws Exception {
    server.times(10, ScriptedServer.Answer.of(status, "{\"detail\":\"no\"}"));
    read(job("a"), 1);
    assertThat(ends()).containsExactly(JobState.SUBMITTED);
  }

  @ParameterizedTest
  @CsvSource({"401, Invalid API key", "402, free trial", "403, Your role does not allow imports"})
  void aRefusedAccountStopsTheRunAndLeavesEveryJobOpen(int status, String words) throws Exception {
    server.then(status, "{\"detail\":\"" + words + "\"}");
    LaneProgress after = read(List.of(job("a"), job("b")), 2);
    assertThat(api.stopReason()).get().asString().contains(words, "run again");
    assertThat(ends()).containsExactly(JobState.SUBMITTED, JobState.SUBMITTED);
    assertThat(after.isDone()).isTrue();
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void aSpentQuotaLeavesEveryJobOpen() throws Exception {
    api.spentUntil = SUBMITTED.plus(Duration.ofHours(9));
    LaneProgress after = read(List.of(job("a"), job("b")), 1);
    assertThat(ends()).containsExactly(JobState.SUBMITTED, JobState.SUBMITTED);
    assertThat(after.isDone()).isTrue();
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void aPageThatHasToWaitIsReadFromWhereThePassWas() throws Exception {
    now = SUBMITTED.plus(TIMEOUT);
    List<ImportJob> jobs = List.of(job("a", "b"));
    LaneReader reader = reader();
    server.then(200, page("a", "a")).then(200, page(null, "b"));
    LaneProgress first = reader.read(jobs, policy().start(jobs, now)).after();
    api.heldBack = 2;

    LaneProgress last = first;
    for (int i = 0; i < 2; i++) {
      LaneReader.Reading reading = reader.read(jobs, last);
      assertThat(reading.pages()).isEmpty();
      last = reading.after();
    }
    assertThat(last).isEqualTo(first);
    assertThat(reader.read(jobs, last).pages())
        .extracting(JobPage::getEnd)
        .containsExactly(JobState.COMPLETED);
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void aPageThatAlwaysHasToWaitIsLeftForTheOthers() {
    List<ImportJob> jobs = List.of(job("a"), job("b"));
    LaneReader reader = reader();
    server.then(200, page(null, "b"));
    api.heldBack = 3;
    LaneProgress progress = policy().start(jobs, now);
    for (int i = 0; i < 3; i++) {
      progress = reader.read(jobs, progress).after();
    }
    assertThat(progress.job(0).isUnread()).isFalse();

    LaneReader.Reading other = reader.read(jobs, progress);

    assertThat(other.pages()).extracting(JobPage::getBatchId).containsExactly("batch-b");
  }

  @Test
  void aPageThatDoesNotSayWhereItGoesOnGoesOnAfterItsLastId() throws Exception {
    String nowhere = page("", "a").replace("\"\"", "null");
    server.then(200, nowhere).then(200, nowhere).then(200, nowhere);
    server.then(200, page("a", "b")).then(200, page("a", "b")).then(200, page("a", "b"));
    server.then(200, page(null, "c"));

    read(job("a", "b", "c"), 3);

    assertThat(server.requests())
        .extracting(r -> r.query().replaceFirst("limit=\\d+&?", ""))
        .containsExactly("", "", "", "cursor=a", "cursor=a", "cursor=a", "cursor=b");
    assertThat(ends()).containsExactly(JobState.COMPLETED);
  }

  @Test
  void aPageWithoutRowsThatDoesNotSayWhereItGoesOnEndsTheWalk() throws Exception {
    String nowhere = "{\"total\":1,\"has_more\":true,\"next_cursor\":null,\"videos\":[]}";
    server.then(200, nowhere).then(200, nowhere).then(200, nowhere);

    read(job("a"), 1);

    assertThat(ends()).isEmpty();
    assertThat(pages).flatExtracting(JobPage::getVideos).isEmpty();
  }

  @Test
  void itemsThatDifferByEscapesOnlyAreSeenWhenEachHasItsRow() throws Exception {
    server.then(200, page("1", "a b"));
    server.then(200, page(null, "a%20b"));
    read(job("a b", "a%20b"), 2);
    assertThat(ends()).containsExactly(JobState.COMPLETED);

    pages.clear();
    server.then(200, page(null, "a b"));
    read(job("a b", "a%20b"), 1);
    assertThat(ends()).isEmpty();
  }

  @Test
  void anOverdueJobIsReadToItsEndOnce() throws Exception {
    now = SUBMITTED.plus(TIMEOUT);
    server.then(200, page("a", "a")).then(200, page(null, "b"));
    read(job("a", "b", "c"), 2);
    assertThat(ends()).containsExactly(JobState.INCOMPLETE);
    assertThat(pages).flatExtracting(JobPage::getVideos).hasSize(2);
  }

  /** As a runner does that checkpoints after every request, and forgets all but the restriction. */
  @Test
  void aLaneThatIsCutOffAfterEveryRequestEndsTheSame() throws Exception {
    LaneProgressCoder coder = new LaneProgressCoder();
    List<ImportJob> jobs = List.of(job("a", "b", "c"), job("d"));
    server
        .then(200, page("a", "a"))
        .then(200, page("b", "b"))
        .then(200, page(null, "c"))
        .then(200, page(null, "d"));
    LaneProgress progress = policy().start(jobs, now);
    int steps = 0;
    while (!progress.isDone()) {
      LaneReader.Reading reading = reader().read(jobs, progress);
      pages.addAll(reading.pages());
      progress =
          CoderUtils.decodeFromByteArray(
              coder, CoderUtils.encodeToByteArray(coder, reading.after()));
      now = now.plus(reading.pause());
      assertThat(++steps).isLessThan(10);
    }
    assertThat(server.requests())
        .extracting(r -> r.path() + "?" + r.query())
        .satisfiesExactly(
            first -> assertThat(first).doesNotContain("cursor"),
            second -> assertThat(second).endsWith("cursor=a"),
            third -> assertThat(third).endsWith("cursor=b"),
            other -> assertThat(other).doesNotContain("cursor"));
    assertThat(ends()).containsExactly(JobState.COMPLETED, JobState.COMPLETED);
  }

  @Test
  void metricsTellOfJobsAndOfReadsThatWereSaved() throws Exception {
    List<ImportJob> jobs = List.of(job("a", "b"), job("c"));
    LaneProgress progress = policy().start(jobs, SUBMITTED);
    now = SUBMITTED.plusSeconds(65);
    server.then(200, page("a", "a")).then(200, page(null, "b")).then(200, page(null, "c"));
    MetricsContainerImpl metrics = new MetricsContainerImpl("Poll");
    try (Closeable current = MetricsEnvironment.scopedMetricsContainer(metrics)) {
      while (!progress.isDone()) {
        progress = reader().read(jobs, progress).after();
      }
    }

    assertThat(counter(metrics, ImportMetrics.PAGE_READS)).isEqualTo(3);
    assertThat(counter(metrics, ImportMetrics.ENDED_JOBS)).isEqualTo(2);
    // A loop would have come at 0, 10, … 60 s: 7 pages of each job.
    assertThat(counter(metrics, ImportMetrics.PAGE_READS_SAVED)).isEqualTo(7 - 2 + 7 - 1);
    DistributionData open = distribution(metrics, ImportMetrics.OPEN_JOBS);
    assertThat(open.max()).isEqualTo(2);
    assertThat(open.min()).isEqualTo(1);
    assertThat(distribution(metrics, ImportMetrics.OLDEST_JOB).max()).isEqualTo(65);
  }

  private static long counter(MetricsContainerImpl metrics, String name) {
    return metrics.getCounter(MetricName.named(ImportMetrics.NAMESPACE, name)).getCumulative();
  }

  private static DistributionData distribution(MetricsContainerImpl metrics, String name) {
    return metrics.getDistribution(MetricName.named(ImportMetrics.NAMESPACE, name)).getCumulative();
  }

  private void read(ImportJob job, int steps) throws Exception {
    read(List.of(job), steps);
  }

  private LaneProgress read(List<ImportJob> jobs, int steps) {
    LaneProgress progress = policy().start(jobs, now);
    LaneReader reader = reader();
    for (int i = 0; i < steps && !progress.isDone(); i++) {
      LaneReader.Reading reading = reader.read(jobs, progress);
      pages.addAll(reading.pages());
      progress = reading.after();
    }
    return progress;
  }

  private LaneReader reader() {
    Clock clock = Clock.fixed(now, ZoneOffset.UTC);
    return new LaneReader(api, new JobReader(api.open(0), 500), policy(), clock, false);
  }

  private static AwaitPolicy policy() {
    return new AwaitPolicy(TIMEOUT, 500);
  }

  private List<JobState> ends() {
    return pages.stream().map(JobPage::getEnd).filter(end -> end != null).toList();
  }

  private static ImportJob job(String... names) {
    return ImportJob.of(
        "batch-" + String.join("", names),
        "ij_" + String.join("", names),
        names.length,
        Arrays.stream(names).mapToLong(name -> UriFingerprint.of(uri(name))).distinct().sum(),
        SUBMITTED.toEpochMilli(),
        List.of(),
        List.of());
  }

  /** A page of one row; the row's id is its name. */
  private static String page(@Nullable String nextCursor, String name) {
    return "{\"total\":3,\"has_more\":%s,\"next_cursor\":%s,\"videos\":[{\"video_id\":\"%s\",\"status\":\"UPLOADED\",\"import_source_uri\":\"%s\"}]}"
        .formatted(
            nextCursor != null,
            nextCursor == null ? "null" : '"' + nextCursor + '"',
            name,
            uri(name));
  }

  private static String uri(String name) {
    return "s3://b/" + name + ".mp4";
  }

  private final class Api implements NomadicApiFactory {
    private static final long serialVersionUID = 1L;
    private String stopReason;
    private transient Instant spentUntil;
    private int heldBack;

    @Override
    public NomadicApi open(int lane, Duration longestWait) {
      return HttpNomadicApi.builder(server.url(), "nmd_5ecret")
          .gate(gate())
          .sleeper(w -> {})
          .build();
    }

    private RequestGate gate() {
      return new RequestGate() {
        @Override
        public void await() throws HeldBackException {
          if (heldBack > 0) {
            heldBack--;
            throw new HeldBackException(503, Duration.ofSeconds(20), "busy");
          }
          if (spentUntil != null) {
            throw new QuotaSpentException(spentUntil);
          }
        }

        @Override
        public void slowDown(@Nullable Duration retryAfter) {}
      };
    }

    @Override
    public void stop(String reason) {
      stopReason = reason;
    }

    @Override
    public Optional<String> stopReason() {
      return Optional.ofNullable(stopReason);
    }
  }
}
