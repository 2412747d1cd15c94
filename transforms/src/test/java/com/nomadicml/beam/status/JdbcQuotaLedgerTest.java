package com.nomadicml.beam.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.api.QuotaLedger;
import com.nomadicml.beam.api.SharedQuota;
import com.nomadicml.beam.api.SharedQuota.Limits;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The quota's row, which several change at once. */
class JdbcQuotaLedgerTest {
  private static final Instant NOON = Instant.parse("2026-11-28T12:00:00Z");

  @TempDir private Path directory;

  @Test
  void noTwoTakeTheSameRequests() throws Exception {
    StatusStore store = StatusStore.at("jdbc:sqlite:" + directory.resolve("status.db"));
    assertThat(store.quota().orElseThrow().isThere()).isFalse();
    assertThat(directory.resolve("status.db")).doesNotExist();
    store.createTables();
    QuotaLedger ledger = store.quota().orElseThrow();
    assertThat(ledger.isThere()).isTrue();

    ExecutorService pool = Executors.newFixedThreadPool(8);
    List<Future<Integer>> takers = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      String sender = "run-" + i;
      takers.add(
          pool.submit(
              () ->
                  ledger
                      .take(
                          quota ->
                              quota.take(
                                  sender, List.of(), Instant.EPOCH, new Limits(60, 45), NOON))
                      .requests()));
    }
    int sum = 0;
    for (Future<Integer> taker : takers) {
      sum += taker.get();
    }
    pool.shutdown();

    assertThat(sum).isEqualTo(45);
    SharedQuota.Grant none =
        ledger.take(
            quota -> {
              assertThat(quota.granted().values().stream().mapToInt(SharedQuota.Grant::requests))
                  .satisfies(
                      grants ->
                          assertThat(grants.stream().mapToInt(Integer::intValue).sum())
                              .isEqualTo(45));
              return quota.take("late", List.of(), Instant.EPOCH, new Limits(60, 45), NOON);
            });
    assertThat(none.requests()).isZero();
  }
}
