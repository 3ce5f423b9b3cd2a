// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/// Runs one real MariaDB server for the whole Java process, durable like one in production
/// (`innodb_flush_log_at_trx_commit=1`), in a folder of its own, whatever else runs on the machine.
/// It ends with the process. Needs `mariadbd` and `mariadb-install-db` of Debian's package
/// `mariadb-server`, and `org.mariadb.jdbc:mariadb-java-client` on the class path; works as root.
///
/// Where `mariadbd` is missing, the test that asks for it is skipped, or fails if the system
/// property `detent.tools` is `required`.
///
/// **Threads**: safe for any number of threads.
public final class LocalMariadb {
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static final int TRIES = 3;

  private LocalMariadb() {}

  /// Makes an empty database and returns a JDBC URL, with user, for it.
  ///
  /// @throws UncheckedIOException if the server can't be started
  public static String freshUrl() {
    requireServer();
    String database = "t" + DATABASES.incrementAndGet();
    String server = "jdbc:mariadb://127.0.0.1:" + Server.PORT + "/";
    String login = "?user=root&sslMode=disable";
    try (Connection connection = DriverManager.getConnection(server + login);
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + database);
    } catch (SQLException e) {
      throw new UncheckedIOException(
          "MariaDB: expected a new database, got none", new IOException(e));
    }
    return server + database + login;
  }

  private static void requireServer() {
    if (program("mariadbd") != null && program("mariadb-install-db") != null) {
      return;
    }
    String missing =
        "MariaDB: expected mariadbd and mariadb-install-db, found none; install the package"
            + " mariadb-server (scripts/install-test-tools)";
    if ("required".equals(System.getProperty("detent.tools"))) {
      throw new IllegalStateException(missing);
    }
    Assumptions.abort(missing);
  }

  /// Returns where a program lies, or null. Debian puts servers where only root looks.
  private static @Nullable Path program(String name) {
    String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin";
    return Stream.of(path.split(File.pathSeparator, -1))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }

  /// Starts the server when it is first asked for.
  private static final class Server {
    static final int PORT = start();

    private static int start() {
      try {
        Path folder = Files.createTempDirectory("detent-mariadb");
        Path data = folder.resolve("data");
        run(
            folder,
            List.of(
                "mariadb-install-db",
                "--no-defaults",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--user=" + System.getProperty("user.name"),
                "--datadir=" + data));
        for (int attempt = 1; ; attempt++) {
          int port = freePort();
          if (isReady(folder, data, port)) {
            return port;
          }
          if (attempt == TRIES) {
            throw new IOException("MariaDB: expected to start, got an end; see " + folder);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void run(Path folder, List<String> command) throws IOException {
      Path log = folder.resolve("install.log");
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      try {
        if (process.waitFor() != 0) {
          throw new IOException("MariaDB: expected new tables, got none; see " + log);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      }
    }

    /// Starts it on a port, and tells whether it listens there: somebody else may have been faster.
    private static boolean isReady(Path folder, Path data, int port) throws IOException {
      var command = new ArrayList<String>();
      command.add(String.valueOf(program("mariadbd")));
      command.addAll(
          List.of(
              "--no-defaults",
              "--user=" + System.getProperty("user.name"),
              "--datadir=" + data,
              "--tmpdir=" + folder, // another server that starts would empty a shared one
              "--socket=" + folder.resolve("socket"),
              "--pid-file=" + folder.resolve("pid"),
              "--bind-address=127.0.0.1",
              "--port=" + port,
              "--skip-name-resolve",
              "--innodb-flush-log-at-trx-commit=1",
              "--innodb-buffer-pool-size=64M"));
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(process, folder)));
      BufferedReader log = process.inputReader();
      for (String line = log.readLine(); line != null; line = log.readLine()) {
        if (line.contains("ready for connections")) {
          Thread.ofPlatform().daemon().start(() -> drain(log));
          return true;
        }
      }
      return false;
    }

    private static void drain(BufferedReader log) {
      try {
        log.transferTo(Writer.nullWriter());
      } catch (IOException e) {
        // It ends with the server.
        System.getLogger(LocalMariadb.class.getName()).log(System.Logger.Level.DEBUG, "log", e);
      }
    }

    private static int freePort() throws IOException {
      try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      }
    }

    private static void end(Process process, Path folder) {
      process.destroy();
      try {
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor();
        }
        delete(folder);
      } catch (InterruptedException | IOException e) {
        System.err.println("MariaDB: expected an end, got " + e + "; look at " + folder);
      }
    }

    private static void delete(Path folder) throws IOException {
      if (!Files.exists(folder)) {
        return;
      }
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
