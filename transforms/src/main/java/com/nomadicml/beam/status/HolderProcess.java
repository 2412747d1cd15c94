package com.nomadicml.beam.status;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The process that holds a lease, so that one which was killed on this machine need not be waited
 * for.
 *
 * @param name host and process id, for people
 * @param machine what the process id is valid in: this boot of this host, and its id namespace
 * @param identity machine, process id and start: never the same again. Empty when its life says
 *     nothing of what it holds
 */
public record HolderProcess(String name, String machine, String identity) implements Serializable {
  private static final char SEPARATOR = '|';

  /** This process. */
  public static HolderProcess current() {
    ProcessHandle process = ProcessHandle.current();
    String host = System.getenv().getOrDefault("HOSTNAME", "");
    host = host.isEmpty() ? read(Path.of("/proc/sys/kernel/hostname")).orElse("this host") : host;
    String machine =
        read(Path.of("/proc/sys/kernel/random/boot_id")).orElse(host)
            + SEPARATOR
            + idNamespace().orElse("");
    return new HolderProcess(
        host + ", process " + process.pid(), machine, identity(machine, process));
  }

  /** The same for what others carry out, who go on when this process is no more. */
  public HolderProcess ofOthers() {
    return new HolderProcess(name, machine, "");
  }

  /** Whether the holder ran on this machine, and runs no more. */
  public static boolean isDead(String holder) {
    String machine = current().machine();
    if (!holder.startsWith(machine + SEPARATOR)) {
      return false;
    }
    String process = holder.substring(machine.length() + 1);
    long pid = Long.parseLong(process.substring(0, process.indexOf(SEPARATOR)));
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .map(alive -> !identity(machine, alive).equals(holder))
        .orElse(true);
  }

  private static String identity(String machine, ProcessHandle process) {
    String start =
        ticksAtStart(process.pid())
            .or(() -> process.info().startInstant().map(at -> Long.toString(at.toEpochMilli())))
            .orElse("");
    return machine + SEPARATOR + process.pid() + SEPARATOR + start;
  }

  /**
   * When a process has started, in ticks since the boot (proc(5), field 22): as a time of day it
   * would change with every step of the clock, and a live holder would be taken for dead.
   */
  private static Optional<String> ticksAtStart(long pid) {
    return read(Path.of("/proc", Long.toString(pid), "stat"))
        .map(stat -> Splitter.on(' ').splitToList(stat.substring(stat.lastIndexOf(')') + 2)))
        .map(fields -> fields.get(22 - 3));
  }

  private static Optional<String> read(Path file) {
    try {
      return Optional.of(Files.readString(file).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> idNamespace() {
    try {
      return Optional.of(Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
