package com.nomadicml.beam.status;

import com.nomadicml.beam.api.ApiKeySource;
import com.nomadicml.beam.cloud.ClientOptions;
import java.io.Serializable;
import java.time.Duration;
import javax.annotation.Nullable;

/**
 * How status tables are reached, beside their URL.
 *
 * @param patience how long a SQLite file that is locked, or a PostgreSQL or BigQuery that is away,
 *     is waited for
 * @param password where PostgreSQL's is found, or null when the URL holds it or none is needed. The
 *     password itself is read where a connection is made and is never part of this
 * @param clients how BigQuery is reached, and as whom
 */
public record StoreAccess(Duration patience, @Nullable ApiKeySource password, ClientOptions clients)
    implements Serializable {

  /** Waits for two hours, and has no password but the URL's. */
  public static final StoreAccess DEFAULT = waiting(Duration.ofHours(2));

  /** With this machine's own clients. */
  public StoreAccess(Duration patience, @Nullable ApiKeySource password) {
    this(patience, password, ClientOptions.ofThisMachine());
  }

  public static StoreAccess waiting(Duration patience) {
    return new StoreAccess(patience, null);
  }
}
