// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Runs a PostgreSQL server of its own, which syncs its commits.
final class Postgres implements Database {
  private final EmbeddedPostgres server;
  private final Set<String> rooms = new HashSet<>();
  private final List<HikariDataSource> pools = new ArrayList<>();

  private Postgres(EmbeddedPostgres server) {
    this.server = server;
  }

  static Postgres start(Path folder) throws IOException {
    // Its makers turn all of this off, to test faster.
    return new Postgres(
        EmbeddedPostgres.builder()
            .setDataDirectory(folder.resolve("postgresql"))
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("full_page_writes", "on")
            .start());
  }

  @Override
  public String dialect() {
    return "postgresql";
  }

  @Override
  public String facts() throws SQLException {
    try (Connection connection = connect("facts");
        Statement statement = connection.createStatement()) {
      var facts = new StringBuilder("PostgreSQL ");
      facts.append(Sqlite.one(statement, "show server_version"));
      for (String name : List.of("fsync", "synchronous_commit", "full_page_writes")) {
        String value = Sqlite.one(statement, "show " + name);
        if (!value.equals("on")) {
          throw new IllegalStateException(name + ": expected on, got " + value);
        }
        facts.append(", ").append(name).append(' ').append(value);
      }
      return facts.toString();
    }
  }

  @Override
  public Connection connect(String room) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(room) + "&reWriteBatchedInserts=true");
  }

  @Override
  public Store open(String room) throws SQLException {
    return SqlStore.postgres(pool(room, true)).open();
  }

  /// Opens 16 connections.
  ///
  /// @param committing whether each statement is committed by itself
  HikariDataSource pool(String room, boolean committing) throws SQLException {
    var config = new HikariConfig();
    config.setJdbcUrl(jdbcUrl(room));
    config.setMaximumPoolSize(16);
    config.setMinimumIdle(2);
    config.setAutoCommit(committing);
    var pool = new HikariDataSource(config);
    pools.add(pool);
    return pool;
  }

  @Override
  public String url(String room) throws SQLException {
    create(room);
    return "postgresql://postgres@127.0.0.1:" + server.getPort() + "/" + room;
  }

  @Override
  public void close() throws IOException {
    pools.forEach(HikariDataSource::close);
    server.close();
  }

  private String jdbcUrl(String room) throws SQLException {
    create(room);
    return "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/" + room + "?user=postgres";
  }

  private void create(String room) throws SQLException {
    if (rooms.add(room)) {
      try (Connection connection = server.getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("create database " + room);
      }
    }
  }
}
