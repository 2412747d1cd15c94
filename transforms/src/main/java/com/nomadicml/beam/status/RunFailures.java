package com.nomadicml.beam.status;

import com.nomadicml.beam.model.VideoState;
import java.util.List;
import javax.annotation.Nullable;

/**
 * Why items of a run are not uploaded, or not whole.
 *
 * @param largest reasons, the one with the most items first
 * @param reasons how many there are in all
 */
public record RunFailures(List<Reason> largest, long reasons) {

  /**
   * One reason at one target.
   *
   * @param bucket null for lines that name none
   * @param example an item, or a rejected line
   */
  public record Reason(
      @Nullable String bucket,
      VideoState state,
      String code,
      @Nullable String message,
      long items,
      String example) {}
}
