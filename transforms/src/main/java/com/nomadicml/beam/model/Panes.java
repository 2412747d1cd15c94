package com.nomadicml.beam.model;

import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.joda.time.Duration;

/**
 * When a group is handed on: on a runner that does not work stage by stage, what comes first need
 * not wait for what comes last. In batch, others take no notice.
 */
public final class Panes {
  private Panes() {}

  /** Groups are handed on in parts of at least so many elements, and the rest at the end. */
  public static <T> Window<T> ofAtLeast(int elements) {
    return of(Repeatedly.forever(AfterPane.elementCountAtLeast(elements)));
  }

  /** Groups are handed on as a whole: Beam's default. */
  public static <T> Window<T> allAtOnce() {
    return of(DefaultTrigger.of());
  }

  private static <T> Window<T> of(Trigger trigger) {
    return Window.<T>configure()
        .triggering(trigger)
        .withAllowedLateness(Duration.ZERO)
        .discardingFiredPanes();
  }
}
