package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.status.StatusStore;
import java.io.Serializable;
import java.time.Clock;

/** What a process needs to drive the lane of a run. */
public record LaneSettings(LaneRules rules, StatusStore store, HttpApiFactory api, Clock clock)
    implements Serializable {
  String runId() {
    return rules.runId();
  }
}
