package com.nomadicml.beam.pipeline;

import java.beans.Introspector;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.Stack;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.ToIntFunction;
import javax.annotation.Nullable;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code nomadic-import import}: takes options as people write them, {@code --name value} as well
 * as {@code --name=value}, and hands them on as Beam takes them. Beam judges their values.
 */
@Command(
    name = ImportArguments.NAME,
    customSynopsis = "nomadic-import [import] --manifest=FILE [OPTIONS]",
    description = "Imports the videos that a manifest lists.",
    footer = {
      "",
      "Examples",
      "  nomadic-import --emulator --manifest=examples/fleet.csv",
      "  nomadic-import --manifest=s3://fleet/m.csv.gz --folder=fleet --dryRun",
      "",
      "A flag is set by --dryRun, and unset by --dryRun=false.",
      "All options: nomadic-import help import --all, or docs/options.md"
    })
final class ImportArguments implements Callable<Integer> {
  static final String NAME = "import";

  private static final String HELP = "--help";

  /** Options whose values may be files of this machine. */
  private static final Set<String> FILES =
      Set.of("manifest", "since", "deadLetter", "rejected", "summaryJson");

  private static final List<String> RUNNERS =
      List.of("DirectRunner", "FlinkRunner", "DataflowRunner");

  private final ToIntFunction<String[]> importer;
  private final List<String> given = new ArrayList<>();

  @Spec private CommandSpec spec;

  /**
   * @param importer runs an import with options as Beam takes them, and yields an {@link ExitCode}
   */
  ImportArguments(ToIntFunction<String[]> importer) {
    this.importer = importer;
  }

  @Override
  public Integer call() {
    return importer.applyAsInt(given.toArray(String[]::new));
  }

  /**
   * Adds all options that Beam knows here: of the import, of Beam, and of the runners there are.
   */
  void addOptions() {
    PipelineOptionsFactory.register(ImportOptions.class);
    Map<String, Method> getters = new TreeMap<>();
    List<Class<? extends PipelineOptions>> types = new ArrayList<>(List.of(ImportOptions.class));
    types.addAll(PipelineOptionsFactory.getRegisteredOptions());
    for (Class<? extends PipelineOptions> type : types) {
      for (Method method : type.getMethods()) {
        String name = property(method);
        if (name != null) {
          getters.merge(name, method, ImportArguments::described);
        }
      }
    }
    getters.forEach((name, getter) -> spec.addOption(option(name, getter)));
    spec.addOption(
        OptionSpec.builder("-h", HELP)
            .usageHelp(true)
            .type(boolean.class)
            .description("Show this help message and exit.")
            .preprocessor(this::help)
            .build());
    spec.addOption(
        OptionSpec.builder("-V", "--version")
            .versionHelp(true)
            .type(boolean.class)
            .description("Print version information and exit.")
            .build());
  }

  /** The property that a method gets; null if it gets none. */
  @Nullable
  private static String property(Method method) {
    String prefix = method.getName().startsWith("is") ? "is" : "get";
    boolean isGetter =
        method.getName().startsWith(prefix)
            && method.getName().length() > prefix.length()
            && method.getParameterCount() == 0
            && method.getReturnType() != void.class;
    return isGetter ? Introspector.decapitalize(method.getName().substring(prefix.length())) : null;
  }

  private static Method described(Method one, Method other) {
    return one.isAnnotationPresent(Description.class) ? one : other;
  }

  private OptionSpec option(String name, Method getter) {
    Class<?> type = getter.getReturnType();
    boolean isFlag = type == boolean.class || type == Boolean.class;
    List<String> choices =
        name.equals("runner") ? RUNNERS : OptionValues.CHOICES.getOrDefault(name, List.of());
    boolean isOurs = getter.getDeclaringClass() == ImportOptions.class;
    OptionSpec.Builder option =
        OptionSpec.builder("--" + name)
            .type(isFlag ? Boolean.class : FILES.contains(name) ? Path.class : String.class)
            .arity(isFlag ? "0" : "1")
            .paramLabel(type.isPrimitive() ? "N" : FILES.contains(name) ? "FILE" : "TEXT")
            .description(text(getter))
            .hidden(!isOurs && !ImportOptionGroup.BEAM.contains(name))
            .preprocessor(this::take);
    if (!choices.isEmpty()) {
      // Picocli's script for completion tells candidates apart by the label.
      String label = name.replaceFirst(".*(?=[A-Z])", "").toUpperCase(Locale.ROOT);
      option.paramLabel(label).completionCandidates(choices);
    }
    return option.build();
  }

  /** What an option does: its first sentence, then all else. */
  private static String[] text(Method getter) {
    Description description = getter.getAnnotation(Description.class);
    String text = description == null ? "" : description.value();
    String fallback =
        Arrays.stream(getter.getAnnotations())
            .filter(annotation -> annotation.annotationType().getEnclosingClass() == Default.class)
            .filter(annotation -> !(annotation instanceof Default.InstanceFactory))
            .map(annotation -> " Default: " + value(annotation))
            .findFirst()
            .orElse("");
    return (text + fallback).replace("%", "%%").split("(?<=\\.) (?=[A-Z])", 2);
  }

  private static String value(Annotation fallback) {
    try {
      Object value = fallback.annotationType().getMethod("value").invoke(fallback);
      return value.toString().replaceFirst("\\.0$", "");
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  /**
   * Takes an option with its value: of {@code --name value} no value that begins with {@code --},
   * and of a flag only true and false.
   */
  private boolean take(
      Stack<String> arguments, CommandSpec command, ArgSpec option, Map<String, Object> how) {
    String name = ((OptionSpec) option).longestName();
    boolean isFlag = option.arity().max() == 0;
    String next = arguments.isEmpty() ? "--" : arguments.peek();
    boolean isValue =
        isAttached(how) || (isFlag ? next.matches("true|false") : !next.startsWith("--"));
    if (!isValue && !isFlag) {
      throw new ParameterException(
          command.commandLine(), name + " has no value: give it one, or leave it away");
    }
    given.add(name + "=" + (isValue ? arguments.pop() : "true"));
    return true;
  }

  /** Of other names than ours Beam tells what {@code --help=NAME} explains. */
  private boolean help(
      Stack<String> arguments, CommandSpec command, ArgSpec option, Map<String, Object> how) {
    String name = isAttached(how) ? arguments.pop() : "";
    if (!name.isEmpty() && !name.equals(ImportOptions.class.getSimpleName())) {
      given.add(HELP + "=" + name);
      how.put("usageHelpRequested", false);
    }
    return true;
  }

  private static boolean isAttached(Map<String, Object> how) {
    return !how.get("separator").toString().isBlank();
  }
}
