// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Runs a PostgreSQL server that nobody else uses, durable as in production, so that it can be
/// crashed.
///
/// **Threads**: one at a time.
final class PrivatePostgres implements AutoCloseable {
  private static final int END_S_MAX = 30;
  private static final int START_MS_MAX = 120_000;
  private static final int LOOK_MS = 20;

  private final Path log;
  private final Path data;
  private final EmbeddedPostgres server;
  private final List<String> command;

  private PrivatePostgres(Path folder, Path data, EmbeddedPostgres server) throws IOException {
    this.log = folder.resolve("postgresql.log");
    this.data = data;
    this.server = server;
    this.command = command(data);
  }

  /// Starts a new one.
  static PrivatePostgres start(Path folder) throws IOException {
    // Its makers turn all of this off, to test faster.
    Path data = folder.resolve("postgresql");
    EmbeddedPostgres server =
        EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setPGStartupWait(Duration.ofMillis(START_MS_MAX))
            .setServerConfig("fsync", "on")
            .setServerConfig("full_page_writes", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("recovery_init_sync_method", "syncfs") // takes a tenth of the time
            .start();
    return new PrivatePostgres(folder, data, server);
  }

  /// Returns how to start the server again, by the command line that it wrote down: the program,
  /// then quoted arguments. Root may run none but as another user.
  private static List<String> command(Path data) throws IOException {
    String written = Files.readString(data.resolve("postmaster.opts")).strip();
    int program = written.indexOf(' ');
    var command = new ArrayList<String>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("unshare", "-U"));
    }
    command.add(written.substring(0, program));
    String arguments = written.substring(program).strip();
    command.addAll(List.of(arguments.substring(1, arguments.length() - 1).split("\" \"")));
    return command;
  }

  /// Returns where it is, as `serve --store` takes it.
  String storeUrl() {
    return "postgresql://postgres@127.0.0.1:" + server.getPort() + "/postgres";
  }

  /// Ends it without any order, as `pg_ctl stop -m immediate` does: when it is started again, it
  /// recovers from its log.
  void crash() throws IOException, InterruptedException {
    ProcessHandle process = ProcessHandle.of(pid()).orElseThrow();
    Signals.send("QUIT", process.pid());
    try {
      process.onExit().get(END_S_MAX, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("PostgreSQL: expected it to end, it runs on: " + process.pid(), e);
    }
  }

  /// Returns the process that it wrote down: what was started may be a parent of it.
  private long pid() throws IOException {
    return Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).getFirst().strip());
  }

  /// Starts it again after [#crash], and waits until it serves.
  void restart() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    var never = new Stop();
    for (int i = 0; !serves(); i++) {
      if (i > START_MS_MAX / LOOK_MS || !process.isAlive()) {
        throw new IOException("PostgreSQL: expected it to start again, it did not; see " + log);
      }
      never.pause(LOOK_MS);
    }
  }

  private boolean serves() {
    try {
      DriverManager.getConnection(server.getJdbcUrl("postgres", "postgres")).close();
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
