// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// Lends the connections of somebody's `DataSource`; they go back as they came.
final class ServerSessions implements Sessions {
  private final Server server;
  private final DataSource source;
  private final Statements statements;
  private volatile boolean closed;

  private ServerSessions(Server server, DataSource source, Statements statements) {
    this.server = server;
    this.source = source;
    this.statements = statements;
  }

  /// Looks at the server once.
  ///
  /// @throws StoreException if it can't be reached or won't do
  static ServerSessions open(Server server, DataSource source, Statements statements) {
    var sessions = new ServerSessions(server, source, statements);
    new Transactions(sessions)
        .read(
            "connect",
            session -> {
              server.require(session);
              return true;
            });
    return sessions;
  }

  @Override
  public Session borrowWriter() throws SQLException {
    Session session = borrow(false);
    try {
      server.begin(session);
      return session;
    } catch (SQLException e) {
      discard(session, null);
      throw e;
    }
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
    return server.kind(error, committing);
  }

  @Override
  public String name() {
    return server.name();
  }

  @Override
  public void close() {
    closed = true;
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
          Kind.UNAVAILABLE, name() + ": expected an open store, got a closed one; open it", null);
    }
  }

  /// Restores the connection; one that can't be restored must not go back to its pool.
  private void release(Session session) {
    try {
      if (!session.connection().getAutoCommit()) {
        server.end(session);
        session.connection().setAutoCommit(true);
      }
    } catch (SQLException e) {
      note("restore", e);
      abort(session);
    }
    try {
      session.close();
    } catch (SQLException e) {
      note("close", e);
    }
  }

  private static void abort(Session session) {
    try {
      session.connection().abort(Runnable::run);
    } catch (SQLException e) {
      note("abort", e);
    }
  }

  private static void note(String what, SQLException e) {
    System.getLogger(ServerSessions.class.getName()).log(System.Logger.Level.DEBUG, what, e);
  }
}
