package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.imports.JobProgress;
import com.nomadicml.beam.imports.LaneProgress;
import com.nomadicml.beam.imports.LaneProgressCoder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;

/**
 * How far a job was read, as a text of its cursor in the tables.
 *
 * @param shown items, by their place in the batch, that were shown and not finished yet
 */
record Reading(JobProgress progress, BitSet shown) {
  private static final LaneProgressCoder CODER = new LaneProgressCoder();
  private static final String SEPARATOR = ".";

  String text() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CODER.encode(LaneProgress.start(0, 1, List.of(progress)), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Base64.Encoder base64 = Base64.getEncoder();
    return base64.encodeToString(bytes.toByteArray())
        + SEPARATOR
        + base64.encodeToString(shown.toByteArray());
  }

  static Reading parse(String text) {
    int end = text.indexOf(SEPARATOR);
    Base64.Decoder base64 = Base64.getDecoder();
    try {
      byte[] progress = base64.decode(text.substring(0, end));
      return new Reading(
          CODER.decode(new ByteArrayInputStream(progress)).job(0),
          BitSet.valueOf(base64.decode(text.substring(end + 1))));
    } catch (IOException e) {
      throw new UncheckedIOException("a cursor of import_cursors can't be read", e);
    }
  }
}
