package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import com.nomadicml.beam.status.StatusStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands around an import, as they are typed. */
class CommandsTest {
  @TempDir private Path directory;
  private ImportHarness harness;

  @BeforeEach
  void start() {
    harness = ImportHarness.start(directory, ImportHarness.fast());
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  @Test
  void integrationsAreListedShownAndDeleted() {
    assertThat(harness.apiCommand("integrations", "list").out())
        .contains("gcs-fleet-a\tgcs\tfleet-recordings");
    assertThat(harness.apiCommand("integrations", "get", "r2-clips").out())
        .contains("https://account.r2.cloudflarestorage.com");

    Outcome deleted = harness.apiCommand("integrations", "delete", "r2-clips");

    assertThat(deleted.exitCode()).isEqualTo(ExitCode.OK);
    Outcome gone = harness.apiCommand("integrations", "get", "r2-clips");
    assertThat(gone.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(gone.err()).contains("Integration not found");
  }

  @Test
  void scriptsGetIntegrationsAndJobsAsJson() throws Exception {
    ObjectMapper json = new ObjectMapper();
    JsonNode all = json.readTree(harness.apiCommand("integrations", "list", "--json").out());
    assertThat(all).isNotEmpty().allMatch(integration -> integration.has("bucket"));
    JsonNode one =
        json.readTree(harness.apiCommand("integrations", "get", "r2-clips", "--json").out());
    assertThat(one.get("id").asText()).isEqualTo("r2-clips");
    assertThat(one.get("endpointUrl").asText()).contains("cloudflarestorage");

    harness.importFrom(harness.write("m.txt", "s3://drive-data/a.mp4"));
    String id = harness.query("SELECT import_job_id FROM import_jobs").get(0);
    JsonNode job = json.readTree(harness.apiCommand("job", id, "--videos", "--json").out());
    assertThat(job.get("id").asText()).isEqualTo(id);
    assertThat(job.get("total").asInt()).isEqualTo(1);
    assertThat(job.at("/videos/0/uri").asText()).isEqualTo("s3://drive-data/a.mp4");
    assertThat(job.at("/videos/0/status").asText()).isEqualTo("UPLOADED");
  }

  @Test
  void aSecretThatIsTypedIsNotRepeated() {
    for (List<String> typed :
        List.of(List.of("--secretAccessKey=S3CR3T"), List.of("--secretAccessKey", "S3CR3T"))) {
      List<String> args = new ArrayList<>(List.of("s3", "--name=n", "--bucket=b"));
      args.addAll(typed);

      Outcome outcome = add(args.toArray(String[]::new));

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
      assertThat(outcome.err())
          .contains("there is no option --secretAccessKey", "add s3 --help")
          .doesNotContain("S3CR3T")
          .hasLineCount(1);
    }
  }

  @Test
  void aPortThatIsNoneIsNamed() {
    Outcome outcome = harness.command("emulator", "--port=99999");

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(outcome.err()).contains("--port must be from 0 to 65535").hasLineCount(1);
  }

  @Test
  void integrationsOfEveryTypeAreAddedWithCredentialsFromFiles() {
    Path account = harness.write("sa.json", "{\"client_email\": \"a@b\", \"private_key\": \"PK\"}");
    Path aws =
        harness.write("aws.json", "{\"AccessKeyId\": \"AK\", \"secret_access_key\": \"SECRET\"}");
    Path token = harness.write("token.txt", "hf_secret");

    assertThat(add("gcs", "--name=g", "--bucket=new-gcs", "--serviceAccountFile=" + account).out())
        .contains("gcs\tnew-gcs");
    assertThat(
            add("s3", "--name=s", "--bucket=b", "--region=eu-west-1", "--credentialsFile=" + aws)
                .out())
        .contains("s3\tb");
    assertThat(
            add(
                    "s3",
                    "--name=r",
                    "--bucket=clips",
                    "--endpointUrl=https://r2.example.com",
                    "--credentialsFile=" + aws)
                .out())
        .contains("https://r2.example.com");
    assertThat(add("hf-bucket", "--name=h", "--bucket=me/data", "--tokenFile=" + token).out())
        .contains("hf_bucket\tme/data");
    assertThat(
            add("s3-storage-transfer", "--name=t", "--bucket=b2", "--roleArn=arn:aws:iam::1:role/r")
                .out())
        .contains("s3_storage_transfer\tb2");
    assertThat(harness.apiCommand("integrations", "setup").out())
        .contains("google_service_account_subject_id");
  }

  @Test
  void credentialsAreNeverPrintedNorTakenFromAnArgument() {
    Path broken = harness.write("aws.json", "{\"AccessKeyId\": \"AK\", SECRET");

    Outcome outcome = add("s3", "--name=s", "--bucket=b", "--credentialsFile=" + broken);

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(outcome.err()).contains("aws.json").doesNotContain("SECRET");
    Outcome argument = add("s3", "--name=s", "--bucket=b", "--secretAccessKey=SECRET");
    assertThat(argument.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
  }

  @Test
  void aJobIsShownWithItsVideos() throws Exception {
    harness.importFrom(harness.write("m.txt", "s3://drive-data/a.mp4", "s3://drive-data/b.mp4"));
    String id = harness.query("SELECT import_job_id FROM import_jobs").get(0);

    Outcome outcome = harness.apiCommand("job", id, "--videos");

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(outcome.out())
        .contains("total    2")
        .contains("UPLOADED\ts3://drive-data/a.mp4")
        .contains("UPLOADED\ts3://drive-data/b.mp4");
    Outcome unknown = harness.apiCommand("job", "ij_nothing");
    assertThat(unknown.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(unknown.err().strip()).doesNotContain("\n").contains("Import job not found");
  }

  @Test
  void theStatusSaysHowManyAndWhy() {
    harness.importFrom(
        harness.write(
            "m.txt",
            "s3://drive-data/a.mp4",
            "s3://drive-data/corrupt.mp4",
            "gs://nobodys-bucket/a.mp4",
            "s3://drive-data/notes.txt"));

    Outcome outcome = status();

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
    assertThat(outcome.out())
        .contains(": COMPLETED_WITH_FAILURES", "100.0 %: 4 of 4 lines are accounted for")
        .containsSubsequence("1 rejected", "1 uploaded", "1 failed", "1 refused")
        .containsSubsequence(
            "2 s3://drive-data → user/: 1 uploaded, 1 failed",
            "1 UPLOADING_FAILED IMPORT_FAILED: The file is not a readable video",
            "gs://nobodys-bucket → user/: nothing was sent",
            "1 REFUSED NO_INTEGRATION: ",
            "Rejected lines",
            "1 REJECTED NOT_MP4: ",
            "next      correct what the reasons above name");
    assertThat(status("--exit-code").exitCode()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
  }

  @Test
  void theStatusIsOfTheLatestRunOrOfTheOneThatIsNamed() {
    harness.importFrom(harness.write("one.txt", "s3://drive-data/a.mp4"));
    String first = run(status("--json"));
    harness.goForwardBy(Duration.ofMinutes(1));
    harness.importFrom(harness.write("two.txt", "s3://drive-data/b.mp4", "s3://drive-data/c.mp4"));

    assertThat(status().out()).contains("two.txt", "2 of 2 lines").doesNotContain("one.txt");
    assertThat(status("--run=" + first).out()).contains("run       " + first, "1 of 1 lines");
    assertThat(status("--runs").out())
        .containsSubsequence("100.0 %  2 lines: 2 uploaded", first, "100.0 %  1 lines: 1 uploaded");
    assertThat(status("--run=none").exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(status("--run=none").err()).contains("there is no run none").hasLineCount(1);
  }

  @Test
  void whatTheStatusSaysInJsonFitsItsSchema() {
    StatusStore.at(harness.statusTable()).createTables();
    Outcome noRun = status("--json");
    assertThat(StatusSchema.valid(noRun.out()).get("run").isNull()).isTrue();
    assertThat(noRun.err()).isEmpty();

    harness.importFrom(
        harness.write("m.txt", "s3://drive-data/corrupt.mp4", "gs://nobodys-bucket/a.mp4", "x"));

    assertThat(StatusSchema.valid(status("--json").out()).at("/run/exitCode").asInt())
        .isEqualTo(ExitCode.SOME_NOT_UPLOADED);
    assertThat(StatusSchema.valid(status("--json", "--runs").out()).get("runs")).hasSize(1);
  }

  @Test
  void aRunIsWatchedUntilItsEnd() {
    harness.importFrom(harness.write("m.txt", "s3://drive-data/a.mp4"));

    assertThat(status("--watch").out()).containsOnlyOnce(": COMPLETED");
    assertThat(status("--watch=soon").err()).contains("--watch").hasLineCount(1);
  }

  private static String run(Outcome status) {
    return StatusSchema.valid(status.out()).at("/run/id").asText();
  }

  private Outcome status(String... options) {
    List<String> args =
        new ArrayList<>(List.of("status", "--statusTable=" + harness.statusTable()));
    args.addAll(List.of(options));
    return harness.command(args.toArray(String[]::new));
  }

  @Test
  void aStatusTableThatIsNotThereIsSaid() {
    Outcome outcome =
        harness.command("status", "--statusTable=jdbc:sqlite:" + directory.resolve("none.db"));

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(outcome.err().strip()).doesNotContain("\n").contains("none.db");
    assertThat(directory.resolve("none.db")).doesNotExist();
  }

  private Outcome add(String... args) {
    String[] all = new String[args.length + 2];
    all[0] = "integrations";
    all[1] = "add";
    System.arraycopy(args, 0, all, 2, args.length);
    return harness.apiCommand(all);
  }
}
