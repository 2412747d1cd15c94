package com.nomadicml.beam.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.emulator.Emulator;
import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.emulator.EmulatorStats;
import com.nomadicml.beam.status.RunNumbers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** Runs the command line in this process against an emulator of its own. */
final class ImportHarness implements AutoCloseable {
  /** Two minutes. */
  private static final int LOOKS = 600;

  static final String KEY = "sk-test-0123456789-very-secret";

  private final Path directory;
  private final Path keyFile;
  private final Emulator emulator;
  private final List<RunProgress> progress = new ArrayList<>();
  private boolean isWatched;
  private Runnable onProgress = () -> {};
  private String statusTable;
  private Clock clock = Clock.systemUTC();
  private Sleeper sleeper = Sleeper.real();

  /** What a command ended with. */
  record Outcome(int exitCode, String out, String err) {}

  private ImportHarness(Path directory, EmulatorOptions options) {
    this.directory = directory;
    this.keyFile = write("key.txt", KEY + "\n");
    this.statusTable = "jdbc:sqlite:" + directory.resolve("status.db");
    options.apiKey = KEY;
    this.emulator = Emulator.start(options);
  }

  /** An emulator without limits, whose rows are there and done at once. */
  static EmulatorOptions fast() {
    EmulatorOptions options = new EmulatorOptions();
    options.requestsPerMinute = 0;
    options.requestsPerDay = 0;
    options.appearWithin = Duration.ZERO;
    options.processWithin = Duration.ZERO;
    return options;
  }

  static ImportHarness start(Path directory, EmulatorOptions options) {
    return new ImportHarness(directory, options);
  }

  ImportHarness withStatusTable(String url) {
    statusTable = url;
    return this;
  }

  /** Lets the runs from now on take place that much later. */
  void goForwardBy(Duration time) {
    clock = Clock.offset(clock, time);
  }

  /** Lets runs and commands wait for the API in no time. */
  void skipTime() {
    clock = new SkippedTime();
    sleeper = SkippedTime.SLEEPER;
  }

  /** As {@link #skipTime}, but an answer of the API is given up for real after {@code longest}. */
  void skipTimeAndGiveUpAfter(Duration longest) {
    clock = new SkippedTime();
    sleeper = new SkippedTime.Impatient(longest);
  }

  /** Imports a manifest; {@code more} options win over the harness's own. */
  Outcome importFrom(Path manifest, String... more) {
    return importWith(concat(more, "--manifest=" + manifest));
  }

  Outcome importWith(String... more) {
    return command(concat(new String[] {"import"}, withDefaults(more)));
  }

  /** The options of {@link #importWith}. */
  ImportOptions options(String... more) {
    return PipelineOptionsFactory.fromArgs(LocalDefaults.apply(withDefaults(more)))
        .as(ImportOptions.class);
  }

  private String[] withDefaults(String... more) {
    List<String> args = new ArrayList<>(List.of(more));
    addDefault(args, "--apiUrl", emulator.url().toString());
    addDefault(args, "--apiKeySecret", "file:" + keyFile);
    addDefault(args, "--statusTable", statusTable);
    addDefault(args, "--requestsPerMinute", "0");
    if (isOnFlink()) {
      addDefault(args, "--runner", "FlinkRunner");
      addDefault(args, "--parallelism", "2");
    } else {
      // The direct runner's checks, which a local run turns off.
      addDefault(args, "--enforceImmutability", "true");
      addDefault(args, "--enforceEncodability", "true");
    }
    return args.toArray(new String[0]);
  }

  /** Whether imports run on an embedded Flink: so in {@code mvn -Pflink}. */
  static boolean isOnFlink() {
    return Boolean.getBoolean("nomadic.flink");
  }

  /** Runs a command, as the launcher does. */
  Outcome command(String... args) {
    return capture(
        (out, err) ->
            ToolCommands.run(
                new PrintWriter(out, true, UTF_8),
                new PrintWriter(err, true, UTF_8),
                Clock.systemUTC(),
                sleeper,
                options ->
                    new ImportCommand(out, err, clock, sleeper, this::recordProgress).run(options),
                args));
  }

  /** As {@link #command}, against this harness's emulator. */
  Outcome apiCommand(String... args) {
    return command(concat(args, "--apiUrl=" + emulator.url(), "--apiKeySecret=file:" + keyFile));
  }

  Path write(String name, String... lines) {
    try {
      return Files.write(directory.resolve(name), Arrays.asList(lines), UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** What the runs from now on tell of how far they are, is kept here. */
  List<RunProgress> watchProgress() {
    isWatched = true;
    return progress;
  }

  /** Lets something happen in the launcher, whenever a run shows how far it is. */
  void onProgress(Runnable action) {
    onProgress = action;
  }

  private ProgressDisplay recordProgress(
      ProgressDisplay.Mode mode, RunNumbers numbers, String runId, Clock runClock) {
    RunLook look = new RunLook(numbers, runId, runClock);
    return new ProgressDisplay() {
      @Override
      public void tick() {
        if (isWatched) {
          look.look().ifPresent(progress::add);
        }
        onProgress.run();
      }

      @Override
      public void close() {}
    };
  }

  URI url() {
    return emulator.url();
  }

  Path keyFile() {
    return keyFile;
  }

  EmulatorStats stats() {
    return emulator.stats();
  }

  Map<String, Integer> timesAccepted() {
    return emulator.timesAccepted();
  }

  String statusTable() {
    return statusTable;
  }

  /** The rows of a query, their columns joined by {@code |}. */
  List<String> query(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(statusTable);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          columns.add(String.valueOf(result.getString(i)));
        }
        rows.add(String.join("|", columns));
      }
      return rows;
    }
  }

  /** Changes the tables, as something beside the runs would. */
  void execute(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(statusTable);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Items by state, such as {@code UPLOADED|16}. */
  List<String> states() throws SQLException {
    return query("SELECT state, COUNT(*) FROM import_videos GROUP BY state ORDER BY state");
  }

  /** Waits until a stream has these {@link #states}; one that ends before is a failure. */
  void await(Future<Outcome> stream, String... states)
      throws ExecutionException, InterruptedException {
    List<String> seen = List.of();
    for (int looks = 0; looks < LOOKS && !seen.equals(List.of(states)); looks++) {
      try {
        throw new AssertionError("the stream ended: " + stream.get(200, TimeUnit.MILLISECONDS));
      } catch (TimeoutException e) {
        seen = statesNow();
      }
    }
    if (!seen.equals(List.of(states))) {
      throw new AssertionError("not seen: " + Arrays.toString(states) + ", but " + seen);
    }
  }

  private List<String> statesNow() {
    try {
      return states();
    } catch (SQLException e) {
      return List.of("no tables yet");
    }
  }

  @Override
  public void close() {
    emulator.close();
  }

  private interface Command {
    int run(PrintStream out, PrintStream err);
  }

  private static Outcome capture(Command command) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code = command.run(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
    return new Outcome(code, out.toString(UTF_8), err.toString(UTF_8));
  }

  private static String[] concat(String[] first, String... second) {
    return Stream.concat(Arrays.stream(first), Arrays.stream(second)).toArray(String[]::new);
  }

  private static void addDefault(List<String> args, String option, String value) {
    if (args.stream().noneMatch(arg -> arg.startsWith(option + "="))) {
      args.add(option + "=" + value);
    }
  }
}
