package com.nomadicml.beam.pipeline;

import java.time.LocalDate;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/**
 * What a run has sent, wherever it was sent from. This process knows its own requests; those of
 * workers elsewhere show in the pipeline's metrics, which the direct runner's requests do too.
 */
final class RequestCount {
  private final LongSupplier here;
  private final ToLongFunction<LocalDate> hereOn;
  private long beforeThePipeline;
  private long ofThePipeline;
  private LocalDate day = LocalDate.MIN;
  private long beforeTheDay;
  private long atTheEnd;

  /**
   * @param here requests of this process
   * @param hereOn those of a day (UTC)
   */
  RequestCount(LongSupplier here, ToLongFunction<LocalDate> hereOn) {
    this.here = here;
    this.hereOn = hereOn;
  }

  /** What was sent until now is in no metric. */
  void pipelineStarts() {
    beforeThePipeline = here.getAsLong();
  }

  /** Takes note of the pipeline's count, as it is {@code today}. */
  void seen(long requests, LocalDate today) {
    if (today.isAfter(day)) {
      beforeTheDay = day.equals(LocalDate.MIN) ? 0 : soFar();
      day = today;
    }
    ofThePipeline = Math.max(ofThePipeline, requests);
  }

  /** Takes note of the count of a pipeline and its lane, whichever days it is of. */
  void ended(long requests) {
    atTheEnd = beforeThePipeline + requests;
  }

  long inAll() {
    return Math.max(soFar(), atTheEnd);
  }

  private long soFar() {
    return Math.max(here.getAsLong(), beforeThePipeline + ofThePipeline);
  }

  /** Requests of a day; of a day that is over only those of this process. */
  long on(LocalDate day) {
    long ofThisProcess = hereOn.applyAsLong(day);
    return day.equals(this.day) ? Math.max(ofThisProcess, soFar() - beforeTheDay) : ofThisProcess;
  }
}
