package com.nomadicml.beam.status;

import static com.nomadicml.beam.status.StatusRows.AT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What holds for the identities in every database. */
interface AccountsContract {
  String API = "https://api-prod.nomadicml.com";

  /** The store under test, its tables created. */
  StatusStore store();

  /** Runs SQL beside the store. */
  void execute(String sql) throws Exception;

  @Test
  default void identitiesAreReadBackInTheirOrder() {
    assertThat(accounts().all()).isEmpty();
    Account second = Account.of("http://localhost", null, "it's\"f2\"", null);
    accounts().add(second.added(2, AT.plusSeconds(1)));
    accounts().add(Account.of(API, "u1", null, "o1").added(1, AT));

    assertThat(accounts().all())
        .containsExactly(
            Account.of(API, "u1", null, "o1").added(1, AT), second.added(2, AT.plusSeconds(1)));
  }

  @Test
  default void anIdentityIsFilledUnlessItHasChanged() {
    Account known = Account.of(API, null, null, "o1").added(1, AT);
    accounts().add(known);
    accounts().fill(known, known.filledFrom(Account.of(API, "u1", null, null)));
    accounts().fill(known, known.filledFrom(Account.of(API, "u2", "f2", null)));

    assertThat(accounts().all()).containsExactly(Account.of(API, "u1", null, "o1").added(1, AT));
  }

  @Test
  default void ofManyThatComeFirstOneIs() throws Exception {
    atOnce(i -> accounts().add(Account.of(API, "u" + i, null, null).added(1, AT)));

    Account first = accounts().all().get(0);
    assertThat(accounts().all()).hasSize(1);

    atOnce(i -> accounts().fill(first, first.filledFrom(Account.of(API, null, "f" + i, "o" + i))));

    Account filled = accounts().all().get(0);
    assertThat(filled.getUid().substring(1)).isEqualTo(filled.getOrgId().substring(1));
    assertThat(filled.getUserId()).isEqualTo(first.getUserId());
  }

  @Test
  default void tablesOfAnEarlierVersionBelongToNobodyYet() throws Exception {
    execute("DROP TABLE import_account");

    assertThat(store().hasTables()).isTrue();
    assertThat(accounts().all()).isEmpty();

    store().createTables();
    accounts().add(Account.of(API, "u1", null, null).added(1, AT));

    assertThat(accounts().all()).hasSize(1);
  }

  @Test
  default void theOptionsOfAllRunsAreKnown() {
    RunStatus run = StatusRows.run("r1", AT, 1);
    store().recordRun(run.toBuilder().setOptions("{apiUrl=a}").build());
    store().recordRun(run.toBuilder().setRunId("r2").setOptions("{apiUrl=b}").build());
    store().recordRun(run.toBuilder().setRunId("r3").setOptions("{apiUrl=b}").build());

    assertThat(store().runOptions()).containsExactlyInAnyOrder("{apiUrl=a}", "{apiUrl=b}");
  }

  private Accounts accounts() {
    return store().accounts();
  }

  private static void atOnce(IntConsumer write) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Object>> writes =
          IntStream.range(0, 8)
              .<Callable<Object>>mapToObj(
                  i ->
                      () -> {
                        write.accept(i);
                        return null;
                      })
              .toList();
      for (Future<Object> each : pool.invokeAll(writes)) {
        each.get();
      }
    } finally {
      pool.shutdownNow();
    }
  }
}
