package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.testing.CoderProperties;
import org.apache.beam.sdk.util.CoderUtils;
import org.junit.jupiter.api.Test;

class LaneProgressCoderTest {
  private final LaneProgressCoder coder = new LaneProgressCoder();

  @Test
  void roundTripsEveryField() throws Exception {
    JobProgress.Pass pass =
        new JobProgress.Pass("c2", Set.of("", "c1"), Set.of(1L, -7L, Long.MAX_VALUE), 3, 42L);
    JobProgress inPass =
        new JobProgress(false, false, 5, 6, 2, 1, -9, 10, 13, pass, List.of("", "c1"));
    JobProgress known = new JobProgress(false, true, 7, 8, 0, 3, 11, 12, 14, null, List.of("ü"));
    CoderProperties.coderDecodeEncodeEqual(
        coder,
        new LaneProgress(1, 2, 3, 4, 5, 6.5, 7, List.of(inPass, known, known.looked().ended())));
    CoderProperties.coderDecodeEncodeEqual(coder, LaneProgress.NOTHING);
  }

  @Test
  void aFinishedJobIsSmall() throws Exception {
    JobProgress finished = JobProgress.start(1, 2).looked().ended();
    int one =
        CoderUtils.encodeToByteArray(coder, LaneProgress.start(1, 2, List.of(finished))).length;
    int two =
        CoderUtils.encodeToByteArray(coder, LaneProgress.start(1, 2, List.of(finished, finished)))
            .length;

    assertThat(two - one).isLessThan(55);
  }
}
