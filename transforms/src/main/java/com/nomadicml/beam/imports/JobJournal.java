package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.JobStatus;
import java.io.Serializable;

/**
 * Writes a job's row at once, before the next request is sent: a runner keeps a bundle's output
 * back until the bundle ends, and a crash before that must not forget a job id.
 */
@FunctionalInterface
public interface JobJournal extends Serializable {
  void record(JobStatus job);
}
