package com.nomadicml.beam.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Signals as the process takes them; a terminal's are in .ci/signals/run. */
class InterruptionTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final List<Duration> slept = new ArrayList<>();
  private final List<Integer> ends = new ArrayList<>();
  private final Interruption interruption =
      new Interruption(new PrintStream(said, true, UTF_8), slept::add, ends::add);

  @ParameterizedTest
  @EnumSource(
      value = Interruption.Work.class,
      names = {"COMMAND", "PREPARATION", "ELSEWHERE"})
  void whereNothingIsUnderWayTheProcessEndsAtOnce(Interruption.Work work) {
    interruption.during(work);

    interruption.signalled("INT");

    assertThat(slept).isEmpty();
    assertThat(ends).containsExactly(130);
    assertThat(said.toString(UTF_8).strip())
        .startsWith("nomadic-import: ended by Ctrl-C")
        .hasLineCount(1);
  }

  @Test
  void aRunHasTenSecondsToFinishWhatIsUnderWay() {
    interruption.during(Interruption.Work.RUN);

    interruption.signalled("TERM");

    assertThat(slept).containsExactly(Duration.ofSeconds(10));
    assertThat(ends).containsExactly(143);
    assertThat(said.toString(UTF_8).strip())
        .hasLineCount(1)
        .contains("ended by SIGTERM", "within ten seconds", "run again with the same command");
    assertThat(interruption.code()).hasValue(143);
    assertThatThrownBy(interruption::throwIfSignalled)
        .isInstanceOf(Interruption.EndedException.class);
  }

  @Test
  void theSecondSignalEndsARunAtOnceAndSaysNothingMore() {
    interruption.during(Interruption.Work.RUN);
    interruption.signalled("INT");
    slept.clear();
    String once = said.toString(UTF_8);

    interruption.signalled("TERM");

    assertThat(slept).isEmpty();
    assertThat(ends).containsExactly(130, 130);
    assertThat(said.toString(UTF_8)).isEqualTo(once);
  }

  @Test
  void withoutASignalARunGoesOn() {
    interruption.throwIfSignalled();

    assertThat(interruption.code()).isEmpty();
  }

  @Test
  void memoryThatIsTooLittleNamesTheSetting() {
    Throwable broken =
        new IllegalStateException("wrapped", new OutOfMemoryError("Java heap space"));

    assertThat(ImportCommand.lackOfMemory(broken))
        .get()
        .asString()
        .contains("NOMADIC_JAVA_OPTS=-Xmx");
    assertThat(ImportCommand.lackOfMemory(new IllegalStateException("no"))).isEmpty();
  }
}
