package com.nomadicml.beam.pipeline;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A line that is written anew as the run goes on, for a terminal. */
final class LiveProgress implements ProgressDisplay {
  private static final int WIDTH = 160;

  private final ProgressBar bar;

  LiveProgress(PrintStream out) {
    bar =
        new ProgressBarBuilder()
            .setTaskName("nomadic-import")
            .setStyle(ProgressBarStyle.ASCII)
            .setInitialMax(-1)
            .setUpdateIntervalMillis(500)
            .setConsumer(new ConsoleProgressBarConsumer(out, WIDTH))
            .hideEta()
            .build();
  }

  @Override
  public void show(Progress progress) {
    if (progress.isPlanned()) {
      bar.maxHint(progress.items());
      bar.stepTo(progress.done());
    }
    bar.setExtraMessage(progress.details());
  }

  @Override
  public void close() {
    bar.close();
  }
}
