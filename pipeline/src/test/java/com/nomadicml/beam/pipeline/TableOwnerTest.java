package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.KeyVerification;
import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import com.nomadicml.beam.status.StatusStore;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables belong to one account: what a run for another ends with, and what it leaves alone. */
class TableOwnerTest {
  private static final String ELSEWHERE = "--apiUrl=https://api.example.com";

  @TempDir private Path directory;
  private final EmulatorOptions account = ImportHarness.fast();
  private ImportHarness harness;
  private Path manifest;
  private String table;

  @BeforeEach
  void start() {
    harness = ImportHarness.start(directory, account);
    manifest = harness.write("m.txt", "s3://drive-data/a.mp4");
    table = harness.statusTable();
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  @Test
  void theFirstRunMakesTheTablesItsOwnAndTheStatusSaysSo() throws SQLException {
    account.orgId = "o_1";

    assertIsOk(importNow());

    assertThat(owners()).containsExactly("1|http://localhost|u_1|null|o_1");
    assertThat(harness.command("status", "--statusTable=" + table).out())
        .contains("account   user u_1 of organisation o_1 at http://localhost");
  }

  @Test
  void anotherUserEndsBeforeAnythingElseHappens() throws SQLException {
    importNow();
    long requests = harness.stats().requests();
    account.userId = "u_2";

    Outcome outcome = importNow();

    assertIsRefused(outcome, "user u_1 at http://localhost", "user u_2 at http://localhost");
    assertThat(outcome.err()).contains(table, "--statusTable", "--sameAccount");
    assertThat(harness.stats().requests()).isEqualTo(requests + 1);
    assertThat(harness.query("SELECT COUNT(*) FROM import_runs")).containsExactly("1");
    assertThat(harness.query("SELECT COUNT(*) FROM import_leases")).containsExactly("0");
    assertThat(owners()).containsExactly("1|http://localhost|u_1|null|null");
  }

  @Test
  void aStreamOfAnotherUserEndsTheSameWay() throws SQLException {
    importNow();
    account.userId = "u_2";

    assertIsRefused(harness.importFrom(manifest, "--streaming"), "user u_1", "user u_2");
    assertThat(harness.query("SELECT COUNT(*) FROM import_runs")).containsExactly("1");
  }

  @Test
  void anotherApiEndsWithoutAnyRequest() {
    importNow();
    long requests = harness.stats().requests();

    assertIsRefused(importNow(ELSEWHERE), "http://localhost", "https://api.example.com");
    assertIsRefused(
        importNow(ELSEWHERE, "--dryRun", "--apiKeySecret=env:NO_SUCH_KEY"),
        "user u_1 at http://localhost",
        "https://api.example.com");
    assertThat(harness.stats().requests()).isEqualTo(requests);
  }

  @Test
  void anotherPortOfThisMachineIsTheSameAccount() throws SQLException {
    importNow();
    try (ImportHarness restarted = ImportHarness.start(directory, ImportHarness.fast())) {
      assertThat(restarted.importFrom(manifest).out()).contains("1 already done");
    }
    assertThat(owners()).hasSize(1);
  }

  @Test
  void theEmulatorSharesNoTablesWithAnApi() throws SQLException {
    assumeFalse(ImportHarness.isOnFlink(), "the emulator imports within its own process");
    importNow();

    for (String more : List.of("--sameAccount", "--sameAccount=false")) {
      Outcome outcome = importNow("--emulator", more);
      assertIsRefused(outcome, "user u_1 at http://localhost", "the emulator");
      assertThat(outcome.err()).contains("--statusTable").doesNotContain("add --sameAccount");
    }

    String rehearsal = "jdbc:sqlite:" + directory.resolve("rehearsal.db");
    assertIsOk(importNow("--emulator", "--statusTable=" + rehearsal));
    Outcome outcome = importNow("--statusTable=" + rehearsal, "--sameAccount");
    assertIsRefused(outcome, "user u_1 of the emulator", "http://localhost");
    assertThat(owners()).hasSize(1);
  }

  @Test
  void theEmulatorHasADefaultTableOfItsOwn() {
    assertThat(LocalDefaults.apply("--emulator")).contains("--statusTable=" + EMULATOR_TABLE);
    assertThat(LocalDefaults.apply("--emulator=true")).contains("--statusTable=" + EMULATOR_TABLE);
    assertThat(LocalDefaults.apply("--emulator", "--statusTable=x")).contains("--statusTable=x");
    assertThat(LocalDefaults.apply("--emulator", "--statusTable=x"))
        .doesNotContain("--statusTable=" + EMULATOR_TABLE);
    assertThat(LocalDefaults.apply("--emulator=false"))
        .noneMatch(arg -> arg.startsWith("--statusTable"));
  }

  private static final String EMULATOR_TABLE = "jdbc:sqlite:import-status.emulator.db";

  @Test
  void sameAccountAddsAnIdentity() throws SQLException {
    importNow();
    account.userId = "u_2";

    assertIsOk(importNow("--sameAccount"));
    assertIsOk(importNow());
    account.userId = "u_1";
    assertIsOk(importNow("--sameAccount"));

    assertThat(owners())
        .containsExactly("1|http://localhost|u_1|null|null", "2|http://localhost|u_2|null|null");
    assertThat(harness.command("status", "--statusTable=" + table).out())
        .contains("account   user u_1 at http://localhost", "account   user u_2 at");
    account.userId = "u_3";
    assertIsRefused(importNow(), "user u_1 at http://localhost and user u_2", "user u_3");
  }

  @Test
  void keysMayRotate() {
    importNow();
    account.apiKey = "sk-rotated";
    Path rotated = harness.write("rotated.txt", "sk-rotated");

    assertThat(importNow("--apiKeySecret=file:" + rotated).out()).contains("1 already done");
  }

  @Test
  void whatWasNotToldIsFilledInAndNotCompared() throws SQLException {
    account.userId = "";
    assertIsOk(importNow());
    account.uid = "f_1";
    assertIsOk(importNow());
    account.userId = "u_1";
    account.orgId = "o_1";
    assertIsOk(importNow());
    account.uid = "";
    account.orgId = "";
    assertIsOk(importNow());

    assertThat(owners()).containsExactly("1|http://localhost|u_1|f_1|o_1");
    account.userId = "u_2";
    assertIsRefused(importNow(), "user u_1", "user u_2");
  }

  @Test
  void whereNoOwnerIsToldTheOriginDecidesAndThatIsSaid() {
    account.userId = "";

    for (Outcome outcome : List.of(importNow(), importNow())) {
      assertIsOk(outcome);
      assertThat(outcome.err())
          .contains("warning: the API does not tell whose the key is", "http://localhost")
          .hasLineCount(1);
    }
    assertIsRefused(importNow(ELSEWHERE), "an owner who is not told at http://localhost");
  }

  @Test
  void aColleagueImportsIntoDestinationsOfTheOrganisationOnly() throws SQLException {
    account.orgId = "o_1";
    importNow();
    account.userId = "u_2";

    assertIsRefused(importNow(), "user u_1 of organisation o_1", "user u_2", "--scope=org");
    Path rows =
        harness.write(
            "rows.csv",
            "uri,scope",
            "s3://drive-data/a.mp4,org",
            "s3://drive-data/b.mp4,",
            "s3://drive-data/c.mp4,user");
    Outcome outcome = harness.importFrom(rows, "--scope=org");

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
    assertThat(
            harness.query(
                "SELECT destination, state, error_code FROM import_videos ORDER BY source_uri, 1"))
        .containsExactly(
            "org/|UPLOADED|null",
            "user/|UPLOADED|null",
            "org/|UPLOADED|null",
            "org/|REJECTED|BAD_SCOPE");
    assertThat(harness.timesAccepted().keySet()).noneMatch(key -> key.contains("c.mp4"));
    assertThat(owners()).containsExactly("1|http://localhost|u_1|null|o_1");
    assertIsOk(importNow("--sameAccount"));
  }

  @Test
  void aColleaguesStreamLeavesDestinationsOfAUserAlone() {
    ImportOptions options = harness.options("--manifest=" + manifest, "--scope=org");
    List<String> open = List.of("user/", "org/", "org/f", "user/org/", "organisation/");

    assertThat(ImportSettings.of(options, "r").ofOrganisation().allowed(open))
        .containsExactly("org/", "org/f");
    assertThat(ImportSettings.of(options, "r").allowed(open)).isEqualTo(open);
  }

  @Test
  void tablesOfAnEarlierVersionAreTakenOver() throws SQLException {
    importNow();
    forgetOwner(harness.url().toString());
    assertThat(harness.command("status", "--statusTable=" + table).exitCode()).isZero();

    assertThat(importNow().out()).contains("1 already done");

    assertThat(owners()).containsExactly("1|http://localhost|u_1|null|null");
  }

  @Test
  void tablesOfAnEarlierVersionWhoseRunsShowAnotherApiAreNot() throws SQLException {
    importNow();
    forgetOwner("https://api-prod.nomadicml.com");

    assertIsRefused(importNow(), "https://api-prod.nomadicml.com", "http://localhost");
    assertIsRefused(importNow("--dryRun"), "https://api-prod.nomadicml.com", "--sameAccount");
    assertIsRefused(importNow("--emulator", "--sameAccount"), "the emulator");
    assertThat(harness.query("SELECT name FROM sqlite_master WHERE name = 'import_account'"))
        .isEmpty();

    assertIsOk(importNow("--sameAccount"));
    assertThat(owners()).hasSize(1);
  }

  @Test
  void tablesOfAnEarlierVersionThatMayBeTheEmulatorsAreTakenOverByIt() throws SQLException {
    assumeFalse(ImportHarness.isOnFlink(), "the emulator imports within its own process");
    importNow();
    forgetOwner(harness.url().toString());

    assertIsOk(importNow("--emulator"));

    assertThat(owners()).containsExactly("1|emulator|u_1|null|null");
    assertIsRefused(importNow(), "of the emulator", "http://localhost");
  }

  /** As 1ade811 leaves the tables. */
  private void forgetOwner(String apiUrl) throws SQLException {
    try (Connection connection = DriverManager.getConnection(table)) {
      connection.createStatement().execute("DROP TABLE import_account");
      connection
          .createStatement()
          .execute(
              "UPDATE import_runs SET options = '{apiLanes=1, apiUrl="
                  + apiUrl
                  + ", awaitTimeout=PT6H, folder=a, apiUrl=https://elsewhere}'");
    }
  }

  @Test
  void ofTwoFirstRunsAtOnceOneMakesTheTablesItsOwn() throws Exception {
    String fresh = "jdbc:sqlite:" + directory.resolve("fresh.db");
    assertThat(admittedOfMany(fresh)).isOne();
    assertThat(StatusStore.at(fresh).accounts().all()).hasSize(1);
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
      assertThat(admittedOfMany(postgres.getJdbcUrl("postgres", "postgres"))).isOne();
    }
  }

  /** How many of eight users who come at once to tables that are not there may use them. */
  private int admittedOfMany(String statusTable) throws Exception {
    ImportOptions options =
        harness.options("--manifest=" + manifest, "--statusTable=" + statusTable);
    ImportSettings settings = ImportSettings.of(options, "r");
    AccountCheck check =
        new AccountCheck(
            AccountCheck.Terms.of(options),
            settings,
            Clock.systemUTC(),
            new PrintStream(OutputStream.nullOutputStream(), true));
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Boolean>> runs =
          IntStream.range(0, 8)
              .<Callable<Boolean>>mapToObj(i -> () -> isAdmitted(check, i))
              .toList();
      int admitted = 0;
      for (Future<Boolean> run : pool.invokeAll(runs)) {
        admitted += run.get() ? 1 : 0;
      }
      return admitted;
    } finally {
      pool.shutdownNow();
    }
  }

  private static boolean isAdmitted(AccountCheck check, int user) {
    try {
      check.admit(new KeyVerification(true, null, null, "u_" + user, null, null));
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Test
  void aKeyThatAWorkerReadsIsOfTheSameAccount() throws Exception {
    account.orgId = "o_1";
    importNow();
    StatusStore store = StatusStore.at(table);
    WorkerKeyCheck all = new WorkerKeyCheck(store, "http://localhost", AccountCheck.Access.ALL);
    WorkerKeyCheck orgOnly =
        new WorkerKeyCheck(store, "http://localhost", AccountCheck.Access.ORG_ONLY);

    List<String> refusals = new ArrayList<>();
    for (WorkerKeyCheck check : List.of(all, orgOnly)) {
      for (KeyVerification key :
          List.of(
              new KeyVerification(null, null, null, "u_1", null, null),
              new KeyVerification(null, null, null, "u_2", null, "o_1"),
              new KeyVerification(null, null, null, "u_2", null, null),
              new KeyVerification(false, null, null, "u_1", null, null))) {
        refusals.add(refusal(check, key));
      }
    }

    assertThat(refusals.get(0)).isEmpty();
    assertThat(refusals.get(1)).contains("belong to user u_1", "the key to user u_2");
    assertThat(refusals.get(2)).contains("belong to user u_1", "the key to user u_2");
    assertThat(refusals.get(3)).contains("not valid");
    assertThat(refusals.get(4)).isEmpty();
    assertThat(refusals.get(5)).isEmpty();
    assertThat(refusals.get(6)).contains("the key to user u_2");
    assertThat(refusals.get(7)).contains("not valid");
  }

  private static String refusal(WorkerKeyCheck check, KeyVerification key) {
    try {
      check.check(key);
      return "";
    } catch (ApiException e) {
      assertThat(e.isAccountRefusal()).isTrue();
      return e.getMessage();
    }
  }

  private Outcome importNow(String... more) {
    return harness.importFrom(manifest, more);
  }

  private List<String> owners() throws SQLException {
    return harness.query(
        "SELECT account_no, origin, user_id, uid, org_id FROM import_account ORDER BY 1");
  }

  private static void assertIsOk(Outcome outcome) {
    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.OK);
  }

  private static void assertIsRefused(Outcome outcome, String... named) {
    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(outcome.err().strip())
        .startsWith("nomadic-import: ")
        .doesNotContain("\n")
        .contains(named);
  }
}
