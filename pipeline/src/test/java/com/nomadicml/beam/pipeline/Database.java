package com.nomadicml.beam.pipeline;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;

/** A PostgreSQL that may be stopped and started again, with its data and at its port. */
final class Database implements AutoCloseable {
  private final Path data;
  private final int port;
  private EmbeddedPostgres server;

  /**
   * @param data an empty folder, which stays
   */
  Database(Path data) throws IOException {
    this.data = data;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    start();
  }

  void start() throws IOException {
    server =
        EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setCleanDataDirectory(false)
            .setPort(port)
            .start();
  }

  void stop() throws IOException {
    server.close();
  }

  String url() {
    return server.getJdbcUrl("postgres", "postgres");
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
