package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.imports.ImportMetrics;
import com.nomadicml.beam.manifest.ManifestMetrics;
import com.nomadicml.beam.model.VideoState;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConservationTest {
  private final Map<String, Long> counted = new HashMap<>();

  @Test
  void everyLineAndWhatIsCarriedOverIsAccountedFor() {
    count(ManifestMetrics.LINES_READ, 10);
    count(ManifestMetrics.REJECTED_LINES, 1);
    count(ImportMetrics.RESUMED, 5);
    count(ImportMetrics.IN_FLIGHT, 3);
    count(ImportMetrics.ended(VideoState.UPLOADED), 8);
    count(ImportMetrics.ended(VideoState.PENDING), 3);

    Conservation sum = sum();

    assertThat(sum.carriedOver()).isEqualTo(2);
    assertThat(sum.accountedFor()).isEqualTo(12);
    assertThat(sum.holds()).isTrue();
  }

  @Test
  void aLineThatIsLostBreaksTheSum() {
    count(ManifestMetrics.LINES_READ, 10);
    count(ImportMetrics.ended(VideoState.UPLOADED), 9);
    assertThat(sum().holds()).isFalse();
    assertThat(sum().withRestOpen().holds()).isTrue();
  }

  @Test
  void aLineThatIsCountedTwiceBreaksTheSumEvenOfARunThatWasCutOff() {
    count(ManifestMetrics.LINES_READ, 10);
    count(ImportMetrics.ended(VideoState.UPLOADED), 11);
    assertThat(sum().holds()).isFalse();
    assertThat(sum().withRestOpen().holds()).isFalse();
  }

  private void count(String name, long value) {
    counted.put(name, value);
  }

  private Conservation sum() {
    return Conservation.of(new Counters(counted));
  }
}
