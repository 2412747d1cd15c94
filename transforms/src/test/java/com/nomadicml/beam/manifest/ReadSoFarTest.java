package com.nomadicml.beam.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.io.BaseEncoding;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.reflect.DoFnInvokers;
import org.apache.beam.sdk.util.CoderUtils;
import org.junit.jupiter.api.Test;

/** How far a running stream has read a file, as an update of it has to find it. */
class ReadSoFarTest {
  private static final Coder<OffsetRange> PIECES =
      DoFnInvokers.invokerFor(new ParsePiecesFn(null, null))
          .invokeGetRestrictionCoder(CoderRegistry.createDefault());
  private static final String THIRD_PIECE_ON = "01030A";

  @Test
  void itIsUnderstood() throws Exception {
    OffsetRange range = new OffsetRange(3, 10);

    assertThat(BaseEncoding.base16().encode(CoderUtils.encodeToByteArray(PIECES, range)))
        .isEqualTo(THIRD_PIECE_ON);
    assertThat(decoded(THIRD_PIECE_ON)).isEqualTo(range);
  }

  @Test
  void anotherVersionIsNotGuessedAt() {
    assertThatThrownBy(() -> decoded("02" + THIRD_PIECE_ON.substring(2)))
        .isInstanceOf(CoderException.class)
        .hasMessage(
            "this job remembers how far a file was read in a way that this version of the importer"
                + " can't read: it reads version 1, and found version 2. Stop the job and start it"
                + " anew, without its state: the status tables have all that is needed");
  }

  private static OffsetRange decoded(String bytes) throws CoderException {
    return CoderUtils.decodeFromByteArray(PIECES, BaseEncoding.base16().decode(bytes));
  }
}
