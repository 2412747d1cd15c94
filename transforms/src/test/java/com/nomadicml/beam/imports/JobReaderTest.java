package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.HttpNomadicApi;
import com.nomadicml.beam.api.ScriptedServer;
import com.nomadicml.beam.model.ImportJob;
import com.nomadicml.beam.model.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of pages that do not say where they go on, and of jobs that can't be read. */
class JobReaderTest {
  private static final Instant SUBMITTED = Instant.parse("2026-11-24T10:00:00Z");
  private static final Duration TIMEOUT = Duration.ofHours(6);
  private static final ImportJob JOB =
      ImportJob.of("batch", "ij_1", 3, 0, SUBMITTED.toEpochMilli(), List.of(), List.of());

  private final ScriptedServer server = new ScriptedServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aPageThatDoesNotSayWhereItGoesOnGoesOnAfterItsLastId() throws Exception {
    String nowhere =
        "{\"total\":3,\"has_more\":true,\"next_cursor\":null,\"videos\":[{\"video_id\":\"a\","
            + "\"status\":\"UPLOADED\",\"import_source_uri\":\"s3://b/a.mp4\"}]}";
    server.then(200, nowhere).then(200, nowhere).then(200, nowhere);

    assertThat(read().nextCursor()).isEqualTo("a");
    assertThat(server.requests()).hasSize(3);
  }

  @Test
  void aPageWithoutRowsThatDoesNotSayWhereItGoesOnIsFollowedByItself() throws Exception {
    String nowhere = "{\"total\":1,\"has_more\":true,\"next_cursor\":null,\"videos\":[]}";
    server.then(200, nowhere).then(200, nowhere).then(200, nowhere);

    assertThat(read().nextCursor()).isEmpty();
  }

  @Test
  void aJobThatIsNotFoundYetIsLookedAtAgainAndOneThatStaysUnfoundIsGivenUp() {
    ApiException unfound = permanent(404);

    assertThat(after(unfound, Duration.ofSeconds(59))).isEmpty();
    assertThat(after(unfound, Duration.ofSeconds(60)))
        .contains(new JobEnd(JobState.INCOMPLETE, unfound.getMessage()));
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 410, 422})
  void aJobThatCannotBeReadIsLeftToTheNextRun(int status) {
    assertThat(after(permanent(status), Duration.ofSeconds(10)).map(JobEnd::state))
        .contains(JobState.SUBMITTED);
  }

  private Look read() throws ApiException {
    return new JobReader(
            HttpNomadicApi.builder(server.url(), "nmd_5ecret").sleeper(wait -> {}).build(), 500)
        .read(JOB, "");
  }

  private static ApiException permanent(int status) {
    return new ApiException(ApiException.Kind.PERMANENT, status, "no");
  }

  private static Optional<JobEnd> after(ApiException e, Duration age) {
    return JobEnd.afterFailure(e, JOB, new AwaitPolicy(TIMEOUT, 500), SUBMITTED.plus(age));
  }
}
