package com.nomadicml.beam.benchmarks;

import java.io.IOException;

/** An import that runs for ever, which may be killed and started again. */
final class StreamProcess implements AutoCloseable {
  private final Launcher launcher;
  private Launcher.Run run;

  private StreamProcess(Launcher launcher, Launcher.Run run) {
    this.launcher = launcher;
    this.run = run;
  }

  static StreamProcess start(Launcher launcher) throws IOException {
    return new StreamProcess(launcher, launcher.start());
  }

  /** Ends it as a power cut would, and starts it again with the same command. */
  void killAndStartAgain() throws IOException, InterruptedException {
    run.kill();
    run = launcher.start();
  }

  /**
   * @throws IllegalStateException when it has ended
   */
  void checkAlive() throws InterruptedException {
    if (!run.isAlive()) {
      throw new IllegalStateException(
          "the stream ended with " + run.exitCode() + ", see " + launcher.log());
    }
  }

  /** Memory that it holds now (resident set); -1 where the system does not tell. */
  long megabytes() {
    return ProcessMemory.now(run.process().pid()).orElse(-1_024) / 1_024;
  }

  @Override
  public void close() throws InterruptedException {
    run.kill();
  }
}
