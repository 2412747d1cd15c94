package com.nomadicml.beam.templates;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What can be known of the launcher's image without building it. */
class ImageTest {
  private static final String DOCKERFILE = TemplateFiles.read(Path.of("Dockerfile"));
  private static final String POM = TemplateFiles.read(Path.of("pom.xml"));

  @Test
  void theLauncherStartsTheBatchTemplateUnlessToldOtherwise() {
    assertThat(first("(?m)^ARG MAIN_CLASS=(\\S+)$", DOCKERFILE))
        .isEqualTo(first("<main.class>([^<]+)<", POM))
        .isEqualTo(Template.BATCH.mainClass().getName());
  }

  @ParameterizedTest
  @EnumSource
  void theReadmeBuildsTheImageOfItsTemplatesMainClass(Template template) throws Exception {
    Class<?> main = template.mainClass();
    String readme = TemplateFiles.read(template.readme());

    assertThat(Modifier.isStatic(main.getMethod("main", String[].class).getModifiers())).isTrue();
    if (template != Template.BATCH) {
      assertThat(readme)
          .contains("-Dmain.class=" + main.getName())
          .contains("--build-arg MAIN_CLASS=" + main.getName());
    }
  }

  @Test
  void theClassPathIsTheJarThatThePipelineBuilds() {
    String source = first("(?m)^COPY (\\S+) \\S+$", DOCKERFILE);
    String target = first("(?m)^COPY \\S+ (\\S+)$", DOCKERFILE);

    assertThat(dockerEnvironment()).containsEntry("FLEX_TEMPLATE_JAVA_CLASSPATH", target);
    assertThat(source).startsWith("pipeline/target/");
    assertThat(TemplateFiles.read(Path.of("../pipeline/pom.xml")))
        .contains("/" + Path.of(source).getFileName() + "</outputFile>");
  }

  @Test
  void bothWaysToBuildItYieldTheSameLauncher() {
    assertThat(first("<image>(gcr.io/[^<]+)</image>", POM))
        .isEqualTo(first("(?m)^FROM (\\S+)$", DOCKERFILE))
        .contains("java17-template-launcher-base");
    assertThat(first("<FLEX_TEMPLATE_JAVA_MAIN_CLASS>([^<]+)<", POM)).isEqualTo("${main.class}");
    assertThat(dockerEnvironment()).containsEntry("FLEX_TEMPLATE_JAVA_MAIN_CLASS", "${MAIN_CLASS}");
    // Where Jib puts the jars of dependencies.
    assertThat(first("<FLEX_TEMPLATE_JAVA_CLASSPATH>([^<]+)<", POM))
        .isEqualTo(first("<appRoot>([^<]+)<", POM) + "/libs/*");
    assertThat(POM).contains("<entrypoint>INHERIT</entrypoint>");
    assertThat(DOCKERFILE).doesNotContain("ENTRYPOINT");
  }

  @Test
  void theLauncherIsNotRoot() {
    assertThat(first("(?m)^USER (\\S+)$", DOCKERFILE))
        .isEqualTo(first("<user>([^<]+)<", POM))
        .matches("[1-9]\\d*:[1-9]\\d*");
  }

  private static Map<String, String> dockerEnvironment() {
    return Pattern.compile("(?m)^ENV (\\w+)=(\\S+)$")
        .matcher(DOCKERFILE)
        .results()
        .collect(Collectors.toMap(line -> line.group(1), line -> line.group(2)));
  }

  private static String first(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .findFirst()
        .orElseThrow(() -> new AssertionError("nothing like " + pattern))
        .group(1);
  }
}
