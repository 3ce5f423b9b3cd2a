// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// Lends the connections of somebody's `DataSource`; they go back as they came.
final class PostgresServer implements Sessions {
  private static final int VERSION_MIN = 14;

  private final DataSource source;
  private final Statements statements;
  private volatile boolean closed;

  private PostgresServer(DataSource source, Statements statements) {
    this.source = source;
    this.statements = statements;
  }

  /// Looks at the server once.
  ///
  /// @throws StoreException if it can't be reached or is too old
  static PostgresServer open(DataSource source, Statements statements) {
    var server = new PostgresServer(source, statements);
    new Transactions(server).read("connect", PostgresServer::requireVersion);
    return server;
  }

  @Override
  public Session borrowWriter() throws SQLException {
    return borrow(false);
  }

  @Override
  public Session borrowReader() throws SQLException {
    return borrow(true);
  }

  @Override
  public void giveBack(Session session) {
    release(session);
  }

  @Override
  public void discard(Session session, @Nullable Kind kind) {
    try {
      if (!session.connection().getAutoCommit()) {
        session.connection().rollback();
      }
    } catch (SQLException e) {
      note("rollback", e);
    }
    release(session);
  }

  @Override
  public Session join(Connection connection) throws SQLException {
    requireOpen();
    JoinedConnection.requireTransaction(connection);
    return new Session(connection, statements);
  }

  @Override
  public Kind kind(SQLException error, boolean committing) {
    String state = error.getSQLState();
    String group = state == null || state.length() < 2 ? "" : state.substring(0, 2);
    return switch (group) {
      case "22", "23", "42", "54" -> Kind.REJECTED;
      case "40" -> Kind.UNAVAILABLE;
      default -> committing ? Kind.UNKNOWN : Kind.UNAVAILABLE;
    };
  }

  @Override
  public String name() {
    return "PostgreSQL";
  }

  @Override
  public void close() {
    closed = true;
  }

  private static int requireVersion(Session session) throws SQLException {
    int version = session.connection().getMetaData().getDatabaseMajorVersion();
    if (version < VERSION_MIN) {
      throw new StoreException(
          Kind.UNAVAILABLE,
          "PostgreSQL: expected version %d or newer, got %d; upgrade it"
              .formatted(VERSION_MIN, version),
          null);
    }
    return version;
  }

  private Session borrow(boolean autoCommit) throws SQLException {
    requireOpen();
    Connection connection = source.getConnection();
    try {
      if (connection.getAutoCommit() != autoCommit) {
        connection.setAutoCommit(autoCommit);
      }
      return new Session(connection, statements);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new StoreException(
          Kind.UNAVAILABLE, "PostgreSQL: expected an open store, got a closed one; open it", null);
    }
  }

  private static void release(Session session) {
    try {
      if (!session.connection().getAutoCommit()) {
        session.connection().setAutoCommit(true);
      }
    } catch (SQLException e) {
      note("autocommit", e);
    }
    try {
      session.close();
    } catch (SQLException e) {
      note("close", e);
    }
  }

  private static void note(String what, SQLException e) {
    System.getLogger(PostgresServer.class.getName()).log(System.Logger.Level.DEBUG, what, e);
  }
}
