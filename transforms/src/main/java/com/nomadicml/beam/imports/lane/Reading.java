package com.nomadicml.beam.imports.lane;

import com.google.common.base.Splitter;
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
import javax.annotation.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far a job was read, as a text of its cursor in the tables.
 *
 * @param shown items, by their place in the batch, that were shown and not finished yet
 */
record Reading(JobProgress progress, BitSet shown) {
  private static final LaneProgressCoder CODER = new LaneProgressCoder();
  private static final Logger LOG = LoggerFactory.getLogger(Reading.class);
  private static final String SEPARATOR = ".";
  private static final String VERSION = "1";
  private static final int PARTS = 3;

  String text() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CODER.encode(LaneProgress.start(0, 1, List.of(progress)), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Base64.Encoder base64 = Base64.getEncoder();
    return VERSION
        + SEPARATOR
        + base64.encodeToString(bytes.toByteArray())
        + SEPARATOR
        + base64.encodeToString(shown.toByteArray());
  }

  /** Null for a text that another version has written: its job is to be read from the start. */
  @Nullable
  static Reading parse(String text) {
    List<String> parts = Splitter.on(SEPARATOR).splitToList(text);
    try {
      if (parts.size() == PARTS && parts.get(0).equals(VERSION)) {
        Base64.Decoder base64 = Base64.getDecoder();
        byte[] progress = base64.decode(parts.get(1));
        return new Reading(
            CODER.decode(new ByteArrayInputStream(progress)).job(0),
            BitSet.valueOf(base64.decode(parts.get(2))));
      }
      LOG.warn("A job is read from the start: another version has written how far it was read");
    } catch (IOException e) {
      LOG.warn("A job is read from the start: {}", e.getMessage());
    }
    return null;
  }
}
