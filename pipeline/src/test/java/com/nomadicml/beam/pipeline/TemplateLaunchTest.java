package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.beam.sdk.extensions.gcp.storage.NoopPathValidator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command as the launcher of a Flex Template starts it: with --templateLocation. */
class TemplateLaunchTest {
  @TempDir private Path directory;
  private final EmulatorOptions account = ImportHarness.fast();
  private ImportHarness harness;
  private GcsServer gcs;
  private Path template;

  @BeforeEach
  void start() {
    harness = ImportHarness.start(directory, account);
    gcs = GcsServer.start("fleet-recordings");
    gcs.put("m.txt", "s3://drive-data/a.mp4\n");
    template = directory.resolve("job_object");
  }

  @AfterEach
  void stop() {
    gcs.close();
    harness.close();
  }

  @Test
  void aLaunchDescribesTheJobAndReturns() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
      harness.withStatusTable(postgres.getJdbcUrl("postgres", "postgres"));

      Outcome outcome = launch();

      assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.OK);
      assertThat(outcome.out()).contains("is launched");
      assertThat(DataflowJob.read(template).steps().keySet())
          .contains("EndRun/End")
          .anyMatch(name -> name.startsWith("Import/"));
      assertThat(DataflowJob.read(template).unpacked()).doesNotContain(ImportHarness.KEY);
      assertThat(harness.query("SELECT state, requests FROM import_runs"))
          .containsExactly("RUNNING|1");
      assertThat(harness.stats().byRoute().keySet()).singleElement().asString().contains("verify");
    }
  }

  @Test
  void aLaunchForAnotherAccountThanTheTablesDescribesNoJob() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
      harness.withStatusTable(postgres.getJdbcUrl("postgres", "postgres"));
      launch();
      Files.delete(template);
      account.userId = "u_2";

      Outcome outcome = launch();

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
      assertThat(outcome.err()).contains("user u_1", "user u_2", "--sameAccount").hasLineCount(1);
      assertThat(template).doesNotExist();
      assertThat(harness.query("SELECT COUNT(*) FROM import_runs")).containsExactly("1");
    }
  }

  @Test
  void aCommaInTheNameOfAManifestIsNoEnd() throws Exception {
    gcs.put("may,june.txt", "s3://drive-data/a.mp4\n");
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
      harness.withStatusTable(postgres.getJdbcUrl("postgres", "postgres"));

      Outcome outcome = launch("--manifest=gs://fleet-recordings/may,june.txt");

      assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.OK);
      assertThat(template).exists();
    }
  }

  /** Manifests are watched here; {@link DataflowStreamTest} reads messages. */
  @Test
  void aLaunchedStreamRunsForEver() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
      harness.withStatusTable(postgres.getJdbcUrl("postgres", "postgres"));

      Outcome outcome = launch(NomadicStream.streaming());

      assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.OK);
      assertThat(DataflowJob.read(template).steps().keySet())
          .isNotEmpty()
          .allMatch(name -> name.startsWith("Stream/"))
          .anyMatch(name -> name.startsWith("Stream/Watch/"))
          .anyMatch(name -> name.startsWith("Stream/PollImports/Lane"))
          .contains("Stream/CutBatches/Cut");
      assertThat(harness.query("SELECT state FROM import_runs")).containsExactly("RUNNING");
      // Until the job's lane renews it, and keeps others out.
      assertThat(harness.query("SELECT destination, kind FROM import_leases"))
          .containsExactly("user/|STREAM");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--dryRun",
        "--failureThreshold=5",
        "--statusTable=jdbc:sqlite:own.db",
        "--apiKeySecret=env:NOMADIC_API_KEY",
        "--manifest=examples/fleet.csv",
        "--manifest=file:///lists/fleet.csv",
        "--deadLetter=dead",
        "--manifest=pubsub:projects/fleet-project/topics/m",
        "--manifest=gs://fleet-recordings/m.txt,fleet.csv"
      })
  void whatALaunchedJobCannotKeepIsRefused(String option) throws IOException {
    Outcome outcome =
        launch(
            Stream.of(option, "--statusTable=jdbc:postgresql://nowhere/none")
                .limit(option.startsWith("--statusTable") ? 1 : 2)
                .toArray(String[]::new));

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(outcome.err()).contains(option.replaceAll("=.*", "")).hasLineCount(1);
    assertThat(template).doesNotExist();
    assertThat(harness.stats().byRoute()).isEmpty();
  }

  private Outcome launch(String... more) throws IOException {
    Path staged = Files.writeString(directory.resolve("staged.jar"), "");
    boolean namesManifest = Stream.of(more).anyMatch(option -> option.startsWith("--manifest="));
    String manifest = "--manifest=gs://fleet-recordings/m.txt";
    return harness.importWith(
        Stream.of(
                Stream.of(more),
                Stream.of(manifest).filter(option -> !namesManifest),
                Stream.of(gcs.options()),
                Stream.of(
                    DataflowJob.arguments(
                        template,
                        "--filesToStage=" + staged,
                        // A job of Runner v2 names no steps.
                        "--experiments=disable_runner_v2",
                        "--pathValidatorClass=" + NoopPathValidator.class.getName(),
                        "--stagerClass=" + DataflowJob.NothingStaged.class.getName())))
            .flatMap(options -> options)
            .toArray(String[]::new));
  }
}
