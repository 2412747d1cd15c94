package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.api.ApiKeySource;
import com.nomadicml.beam.status.RunNumbers;
import com.nomadicml.beam.status.StatusStore;
import com.nomadicml.beam.status.StoreAccess;
import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** Where a command finds the status tables. */
final class TablesOptions {
  @Option(
      names = "--statusTable",
      description =
          "Where the status tables are. Default: "
              + LocalDefaults.TABLE
              + ", or the emulator's where that is not there: "
              + LocalDefaults.EMULATOR_TABLE)
  private String statusTable;

  @Option(
      names = "--statusTableSecret",
      description =
          "Where the password of a PostgreSQL status table is found: env:NAME, file:PATH,"
              + " projects/P/secrets/S/versions/V or an AWS secret's ARN")
  private String statusTableSecret;

  @Option(
      names = "--patience",
      defaultValue = "PT1M",
      description =
          "How long to wait for a status table that is locked or away (ISO-8601). Default:"
              + " ${DEFAULT-VALUE}")
  private String patience;

  /**
   * The tables, which are there.
   *
   * @param err where it is said that there are others
   * @throws IllegalArgumentException when there are none, with what to do
   */
  StatusStore store(PrintWriter err) {
    StatusStore store = named(err);
    if (!store.hasTables()) {
      throw new IllegalArgumentException(
          "there are no status tables in "
              + store.describe()
              + ": run an import first, or name the right place with --statusTable");
    }
    return store;
  }

  /**
   * How far runs are.
   *
   * @throws IllegalArgumentException for tables of an earlier version
   */
  static RunNumbers numbers(StatusStore store) {
    return store
        .numbers()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the status tables in "
                        + store.describe()
                        + " are of an earlier version, which does not tell how far a run is:"
                        + " the next run upgrades them"));
  }

  private StatusStore named(PrintWriter err) {
    StoreAccess access =
        new StoreAccess(
            OptionValues.duration("--patience", patience),
            statusTableSecret == null
                ? null
                : ApiKeySource.parsePassword("--statusTableSecret", statusTableSecret));
    return statusTable == null ? defaultStore(access, err) : StatusStore.at(statusTable, access);
  }

  /** The real tables where they are there; it is said when there are others. */
  private static StatusStore defaultStore(StoreAccess access, PrintWriter err) {
    StatusStore real = StatusStore.at(LocalDefaults.TABLE, access);
    StatusStore emulated = StatusStore.at(LocalDefaults.EMULATOR_TABLE, access);
    if (!emulated.hasTables()) {
      return real;
    }
    if (!real.hasTables()) {
      return emulated;
    }
    err.printf(
        "nomadic-import: the emulator has tables too: --statusTable=%s%n",
        LocalDefaults.EMULATOR_TABLE);
    err.flush();
    return real;
  }
}
