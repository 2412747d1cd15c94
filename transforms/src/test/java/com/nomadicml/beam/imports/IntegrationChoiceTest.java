package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.model.VideoUri;
import java.util.List;
import org.junit.jupiter.api.Test;

class IntegrationChoiceTest {
  @Test
  void theLongestMatchingPrefixOfTheExactBucketWins() throws Exception {
    IntegrationChoice choice =
        choose(saved("all", "b", ""), saved("a", "b", "a/"), saved("other", "bb", "a/x/"));
    assertThat(choice.id()).isEqualTo("a");
  }

  @Test
  void ofTwoEqualOnesTheOwnersWins() throws Exception {
    assertThat(choose(saved("x", "b", ""), SavedIntegration.of("mine", "b", "", true)).id())
        .isEqualTo("mine");
  }

  @Test
  void twoEqualOnesAreAmbiguousAndNamed() throws Exception {
    IntegrationChoice choice = choose(saved("x", "b", ""), saved("y", "b", ""));
    assertThat(choice.error()).isEqualTo(ErrorCode.AMBIGUOUS_INTEGRATION);
    assertThat(choice.message()).contains("x, y").contains("--integrations=b=");
  }

  @Test
  void aPrefixThatDoesNotMatchCoversNothing() throws Exception {
    IntegrationChoice choice = choose(saved("x", "b", "z/"));
    assertThat(choice.error()).isEqualTo(ErrorCode.NO_INTEGRATION);
  }

  private static IntegrationChoice choose(SavedIntegration... saved) throws Exception {
    return IntegrationChoice.of(VideoUri.parse("gs://b/a/v.mp4"), List.of(saved));
  }

  private static SavedIntegration saved(String id, String bucket, String prefix) {
    return SavedIntegration.of(id, bucket, prefix, false);
  }
}
