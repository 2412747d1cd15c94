package com.nomadicml.beam.pipeline;

import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.google.common.base.Throwables;
import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.emulator.Emulator;
import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.status.StatusStoreException;
import java.io.PrintStream;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.util.UserCodeException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

/** {@code nomadic-import import}: from its options to an exit code. */
final class ImportCommand {
  private static final DateTimeFormatter RUN_ID =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  /** How Beam says that an option which takes one value has several. */
  private static final String GIVEN_TWICE = "expected one element";

  /** How Beam says that an option which is no text has an empty value. */
  private static final String EMPTY = "Empty argument value";

  /** How the AWS SDK begins to say so. */
  private static final Map<String, String> LACKS =
      Map.of(
          "Unable to load region",
          "no AWS region is known here: give one with --awsRegion, or set AWS_REGION",
          "Unable to load credentials",
          "no AWS credentials are found here: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or"
              + " use a profile or a role");

  private static final int FORBIDDEN = 403;

  private final PrintStream out;
  private final PrintStream err;
  private final Clock clock;
  private final Sleeper sleeper;
  private final ProgressDisplay.Factory displays;
  private final Interruption interruption;

  /**
   * @param interruption what ends a run before its end
   */
  ImportCommand(
      PrintStream out,
      PrintStream err,
      Clock clock,
      ProgressDisplay.Factory displays,
      Interruption interruption) {
    this(out, err, clock, Sleeper.real(), displays, interruption);
  }

  /**
   * @param sleeper waits for the API's quota
   */
  ImportCommand(
      PrintStream out,
      PrintStream err,
      Clock clock,
      Sleeper sleeper,
      ProgressDisplay.Factory displays) {
    this(out, err, clock, sleeper, displays, Interruption.none());
  }

  private ImportCommand(
      PrintStream out,
      PrintStream err,
      Clock clock,
      Sleeper sleeper,
      ProgressDisplay.Factory displays,
      Interruption interruption) {
    this.out = VisibleOutput.to(out);
    this.err = VisibleOutput.to(err);
    this.clock = clock;
    this.sleeper = sleeper;
    this.displays = displays;
    this.interruption = interruption;
  }

  /** Runs and returns an {@link ExitCode}; a user's mistake is one line, never a stack trace. */
  int run(String... args) {
    interruption.during(Interruption.Work.PREPARATION);
    boolean isDebug = Arrays.stream(args).anyMatch(arg -> arg.matches("--debug(=true)?"));
    if (isDebug) {
      QuietLogging.showAll();
    }
    try {
      ImportOptions options = parse(args);
      RemoteWorkers.refuseLocalTables(options);
      return options.getEmulator() ? runWithEmulator(options) : run(options);
    } catch (IllegalArgumentException e) {
      err.println(
          "nomadic-import: "
              + Objects.requireNonNullElse(
                  e.getMessage(), "an option has a value that Beam refuses, and does not say why"));
      trace(isDebug, e);
      return ExitCode.BAD_INPUT;
    } catch (Interruption.EndedException e) {
      return interruption.code().orElse(ExitCode.BROKEN);
    } catch (RuntimeException e) {
      String mistake = ImportRun.userMistake(e);
      if (mistake != null) {
        err.println("nomadic-import: " + mistake);
        trace(isDebug, e);
        return ExitCode.BAD_INPUT;
      }
      err.println(
          "nomadic-import: the run broke: "
              + reason(e)
              + ". What was done is in the tables: run again with the same command");
      trace(isDebug, e);
      return ExitCode.BROKEN;
    }
  }

  /** Without messages: those of libraries may hold what nobody is told, such as a password. */
  private void trace(boolean isDebug, RuntimeException failure) {
    if (isDebug) {
      String trace = VisibleLog.stackTrace(failure, cause -> cause.getClass().getName());
      err.print(trace.replace("\t", "  "));
    }
  }

  private static ImportOptions parse(String... args) {
    try {
      return PipelineOptionsFactory.fromArgs(LocalDefaults.apply(args))
          .withValidation()
          .as(ImportOptions.class);
    } catch (IllegalArgumentException e) {
      if (e.getCause() instanceof InvalidFormatException format) {
        throw new IllegalArgumentException(
            Arrays.stream(args)
                    .filter(arg -> arg.endsWith("=" + format.getValue()))
                    .findFirst()
                    .orElse(String.valueOf(format.getValue()))
                + " is no "
                + format.getTargetType().getSimpleName(),
            e);
      }
      throw new IllegalArgumentException(inOurWords(e.getMessage(), args), e);
    }
  }

  /** Beam's complaint as a person would put it, with the next step. */
  private static String inOurWords(String complaint, String... args) {
    if (complaint.contains("group [" + ImportOptions.MANIFEST + "]")) {
      return "--manifest is missing: name one, as in --manifest=examples/fleet.csv (or a"
          + " --manifestQuery, or for a stream a --source); --help explains the rest";
    }
    if (complaint.startsWith(EMPTY)) {
      return Arrays.stream(args).filter(arg -> arg.endsWith("=")).findFirst().orElse("an option")
          + " has no value: give it one, or leave it away";
    }
    if (complaint.startsWith(GIVEN_TWICE)) {
      return givenTwice(args) + " is given more than once: give it once";
    }
    return complaint;
  }

  /** The first option that is there twice. */
  private static String givenTwice(String... args) {
    Set<String> seen = new HashSet<>();
    return Arrays.stream(args)
        .map(arg -> arg.replaceFirst("=.*", ""))
        .filter(option -> !seen.add(option))
        .findFirst()
        .orElse("an option");
  }

  private int run(ImportOptions options) {
    try {
      return runOnce(options);
    } catch (RuntimeException e) {
      if (isDeniedByS3(e)) {
        throw new IllegalArgumentException(
            "--manifest="
                + options.getManifest()
                + " can't be read: S3 answers 403, access denied; check this machine's AWS"
                + " credentials, and that they may list and read it",
            e);
      }
      lackIn(e)
          .ifPresent(
              lack -> {
                throw new IllegalArgumentException(lack, e);
              });
      throw e;
    }
  }

  /** What this machine lacks to reach AWS at all, and where to put it. */
  static Optional<String> lackIn(Throwable failure) {
    return Throwables.getCausalChain(failure).stream()
        .filter(SdkClientException.class::isInstance)
        .map(cause -> String.valueOf(cause.getMessage()))
        .flatMap(message -> LACKS.entrySet().stream().filter(e -> message.startsWith(e.getKey())))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /** Of all that a run reaches, manifests alone are in S3. */
  private static boolean isDeniedByS3(Throwable failure) {
    return Throwables.getCausalChain(failure).stream()
        .anyMatch(
            cause -> cause instanceof AwsServiceException aws && aws.statusCode() == FORBIDDEN);
  }

  private int runOnce(ImportOptions options) {
    if (TemplateLaunch.isOne(options)) {
      TemplateLaunch.check(options);
    }
    ImportSettings settings = ImportSettings.of(options, newRunId());
    if (!TemplateLaunch.isOne(options)) {
      ManifestReach.check(options);
    }
    if (options.getDryRun()) {
      return new DryRun(options, settings, clock, out, err).run();
    }
    return new ImportRun(options, settings, clock, sleeper, out, err, displays, interruption).run();
  }

  private int runWithEmulator(ImportOptions options) {
    if (!options.getRunner().getSimpleName().equals("DirectRunner")) {
      throw new IllegalArgumentException(
          "--emulator imports within this process: omit --runner, or start the emulator by"
              + " itself (nomadic-import emulator) and name it with --apiUrl");
    }
    try (Emulator emulator = Emulator.start(new EmulatorOptions())) {
      options.setApiUrl(emulator.url().toString());
      return run(options);
    }
  }

  private String newRunId() {
    return RUN_ID.format(clock.instant()) + "-" + UUID.randomUUID().toString().substring(0, 8);
  }

  /** What broke, and why: the message of the failure beneath Beam's wraps, and of its root. */
  private static String reason(Throwable failure) {
    return lackOfMemory(failure).orElseGet(() -> cause(failure));
  }

  private static String cause(Throwable failure) {
    // Engines wrap it each in their own way, and the tables' words name the next step.
    Throwable own =
        Throwables.getCausalChain(failure).stream()
            .filter(StatusStoreException.class::isInstance)
            .findFirst()
            .orElse(failure);
    while (own.getCause() != null
            && String.valueOf(own.getMessage()).equals(own.getCause().toString())
        || own instanceof UserCodeException
        || own instanceof PipelineExecutionException) {
      own = own.getCause();
    }
    String what = withClass(own);
    Throwable root = Throwables.getRootCause(own);
    return what.contains(String.valueOf(root.getMessage()))
        ? what
        : what + " (" + withClass(root) + ")";
  }

  /** What to do about memory that is too little, if that is what broke. */
  static Optional<String> lackOfMemory(Throwable failure) {
    return Throwables.getCausalChain(failure).stream().anyMatch(OutOfMemoryError.class::isInstance)
        ? Optional.of(
            "Java's memory of "
                + (Runtime.getRuntime().maxMemory() >> 20)
                + " MB is too little for it: give it more, as in NOMADIC_JAVA_OPTS=-Xmx4g")
        : Optional.empty();
  }

  private static String withClass(Throwable failure) {
    boolean ours =
        failure instanceof IllegalStateException || failure instanceof StatusStoreException;
    return ours && failure.getMessage() != null
        ? failure.getMessage()
        : failure.getClass().getSimpleName() + ": " + failure.getMessage();
  }
}
