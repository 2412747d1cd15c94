package com.nomadicml.beam.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * All that a store has to do, through a real PgBouncer that gives each transaction a connection of
 * its own choice. {@code .ci/run} installs it; where it is not there, {@link
 * PostgresStatusStoreTest#noStatementIsKeptByTheServer} holds what it asks for.
 */
@EnabledIf("isInstalled")
final class PgBouncerStatusStoreTest extends StatusStoreContract {
  private static final Path PROGRAM = Path.of("/usr/sbin/pgbouncer");

  private static EmbeddedPostgres postgres;
  private static Path directory;
  private static Process pooler;
  private static String url;

  static boolean isInstalled() {
    return Files.isExecutable(PROGRAM);
  }

  @BeforeAll
  static void start() throws Exception {
    postgres = EmbeddedPostgres.start();
    directory = Files.createTempDirectory("pgbouncer");
    // It does not run as root, and then has to read its configuration as another user.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Path configuration =
        Files.writeString(
            directory.resolve("pgbouncer.ini"),
            """
            [databases]
            postgres = host=localhost port=%d user=postgres
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = %d
            unix_socket_dir =
            auth_type = any
            pool_mode = transaction
            default_pool_size = 3
            ignore_startup_parameters = extra_float_digits
            """
                .formatted(postgres.getPort(), port));
    List<String> command = new ArrayList<>(List.of(PROGRAM.toString()));
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("-u", "nobody"));
    }
    command.add(configuration.toString());
    pooler =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log.txt").toFile())
            .start();
    while (!answers(port)) {
      assertThat(pooler.isAlive()).as(Files.readString(directory.resolve("log.txt"))).isTrue();
      Thread.onSpinWait();
    }
    url = "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
  }

  private static boolean answers(int port) {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  @AfterAll
  static void stop() throws Exception {
    pooler.destroyForcibly().waitFor();
    postgres.close();
  }

  @Override
  StatusStore freshStore() throws SQLException {
    execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    return StatusStore.at(url);
  }

  @Override
  public void execute(String sql) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void aStatementThatIsRunOftenFindsAnyConnection() {
    for (int i = 0; i < 30; i++) {
      store.recordRun(StatusRows.run("r" + i, Instant.EPOCH.plusSeconds(i), 1));
      assertThat(store.run("r" + i)).isPresent();
    }
  }
}
