package com.nomadicml.beam.benchmarks;

import com.nomadicml.beam.emulator.Emulator;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code benchmarks/run soak}: a stream that gets events all the time, and is killed now and then.
 */
@Command(
    name = "soak",
    mixinStandardHelpOptions = true,
    description = {
      "Sends S3 events to a queue, all the time; a stream imports them through an"
          + " API with all faults at once. At random moments the stream is killed and started again.",
      "Then checks that each video has one row with its true state, and that the API accepted each"
          + " once. A line now and then tells how late, how large and how busy it is."
    },
    sortOptions = false)
final class SoakCommand implements Callable<Integer> {
  /** How long the stream may take to come up, and to finish at the end. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final Duration TICK = Duration.ofMillis(100);

  @Option(names = "--for", description = "How long events come. Default: PT30M.")
  private Duration time = Duration.ofMinutes(30);

  @Option(names = "--every", description = "An event every so often. Default: PT0.005S.")
  private Duration every = Duration.ofMillis(5);

  @Option(names = "--kills", description = "How often the stream is killed. Default: 1.")
  private int kills = 1;

  @Option(names = "--report", description = "A line every so often. Default: PT1M.")
  private Duration report = Duration.ofMinutes(1);

  @Option(names = "--runner", description = "Default: FlinkRunner, embedded, with two slots.")
  private String runner = "FlinkRunner";

  @Option(names = "--maxBatchDelay", description = "Of the stream. Default: PT30S.")
  private Duration maxBatchDelay = Duration.ofSeconds(30);

  @Option(
      names = "--apiLanes",
      description = "Of the stream; a spoilt request holds up its lane. Default: 4.")
  private int lanes = 4;

  @Option(
      names = "--fault",
      description = "Of the API, by its name in `faults`. Default: all-together.")
  private String fault = FaultCase.together().name();

  @Option(
      names = "--launcher",
      description = "The script that starts an import. Default: that of this checkout.")
  private Path launcher = Path.of(System.getProperty("nomadic.home", ".."), "nomadic-import");

  @Option(names = "--seed", description = "Of the faults and the moments.")
  private long seed = 1;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    if (every.compareTo(Duration.ZERO) <= 0) {
      throw new ParameterException(spec.commandLine(), "--every takes a time above zero");
    }
    FaultCase faults =
        FaultCase.all().stream()
            .filter(one -> one.name().equals(fault))
            .findFirst()
            .orElseThrow(
                () -> new ParameterException(spec.commandLine(), "there is no fault " + fault));
    Path directory = Files.createTempDirectory("soak");
    Tables tables = new FreshTables(null, directory).create("soak");
    try (Emulator emulator = Emulator.start(faults.options(seed));
        FleetEvents events = new FleetEvents();
        StreamProcess stream =
            StreamProcess.start(
                new Launcher(command(emulator, events, tables), directory.resolve("log")))) {
      await(stream, () -> tables.openRuns() > 0, "the stream did not start");
      SoakReport lines = new SoakReport(out, events, tables, emulator, stream);
      run(events, stream, lines);
      await(
          stream,
          () ->
              tables.items() >= events.uris().size() && tables.openItems() == tables.itemsInDoubt(),
          "not all came to an end");
      if (tables.itemsInDoubt() > 0) {
        // The next stream sends it once more, under the same key.
        stream.killAndStartAgain();
        lines.note("started again for what was in doubt");
        await(stream, () -> tables.openItems() == 0, "not all doubts came to an end");
      }
      lines.print();
      List<String> broken = Conditions.brokenItems(events.uris(), emulator, tables);
      long doubles = emulator.stats().acceptedTwice();
      if (doubles > 0) {
        broken.add(doubles + " items were accepted more than once");
      }
      out.println(tables.stateCounts() + ", " + doubles + " accepted twice");
      out.println(broken.isEmpty() ? "All holds." : String.join("; ", broken));
      out.println("Tables and log: " + directory);
      out.flush();
      return broken.isEmpty() ? 0 : 1;
    }
  }

  private void run(FleetEvents events, StreamProcess stream, SoakReport lines) throws Exception {
    Instant start = Instant.now();
    Instant nextLine = start.plus(report);
    Queue<Duration> moments = moments();
    while (true) {
      Duration elapsed = Duration.between(start, Instant.now());
      if (elapsed.compareTo(time) > 0) {
        return;
      }
      stream.checkAlive();
      events.uploadUntil((int) elapsed.dividedBy(every));
      if (!moments.isEmpty() && elapsed.compareTo(moments.peek()) > 0) {
        moments.remove();
        stream.killAndStartAgain();
        lines.note("killed, and started again");
      }
      if (Instant.now().isAfter(nextLine)) {
        nextLine = nextLine.plus(report);
        lines.print();
      }
      TimeUnit.MILLISECONDS.sleep(TICK.toMillis());
    }
  }

  /** When it is killed, from the start on. */
  private Queue<Duration> moments() {
    Queue<Duration> moments = new PriorityQueue<>();
    new Random(seed)
        .longs(kills, 0, time.toMillis())
        .forEach(millis -> moments.add(Duration.ofMillis(millis)));
    return moments;
  }

  private List<String> command(Emulator emulator, FleetEvents events, Tables tables) {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    if (!runner.equals("DirectRunner")) {
      command.addAll(List.of("--runner=" + runner, "--parallelism=2"));
    }
    command.addAll(events.options());
    command.addAll(
        List.of(
            "--statusTable=" + tables.url(),
            "--apiUrl=" + emulator.url(),
            "--requestsPerMinute=0",
            "--requestsPerDay=0",
            "--awaitTimeout=PT20S",
            "--apiLanes=" + lanes,
            "--maxBatchDelay=" + maxBatchDelay));
    return command;
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(StreamProcess stream, Condition condition, String otherwise)
      throws Exception {
    Instant until = Instant.now().plus(PATIENCE);
    while (!condition.holds()) {
      stream.checkAlive();
      if (Instant.now().isAfter(until)) {
        throw new IllegalStateException(otherwise + " within " + PATIENCE);
      }
      TimeUnit.MILLISECONDS.sleep(TICK.toMillis());
    }
  }
}
