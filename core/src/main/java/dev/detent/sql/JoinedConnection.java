// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Checks that a connection of the caller's can take part.
final class JoinedConnection {
  private static final String SQLITE = "org.sqlite.SQLiteConnection";

  private JoinedConnection() {}

  /// Refuses a connection that commits each statement by itself.
  static void requireTransaction(Connection connection) throws SQLException {
    if (connection.getAutoCommit()) {
      throw refused(
          "a connection in a transaction, got one in auto-commit; call setAutoCommit(false)", null);
    }
  }

  /// Refuses a connection of SQLite whose transaction does not lock the file when it begins: what
  /// it reads could be outdated when it writes.
  ///
  /// The driver is asked by reflection, since this library does without it.
  static void requireImmediate(Connection connection) throws SQLException {
    Object mode;
    try {
      ClassLoader loader = JoinedConnection.class.getClassLoader();
      Class<?> type = Class.forName(SQLITE, false, loader);
      Object unwrapped = connection.unwrap(type);
      mode = type.getMethod("getCurrentTransactionMode").invoke(unwrapped);
    } catch (ReflectiveOperationException | SQLException e) {
      throw refused("a connection of org.xerial:sqlite-jdbc, got " + connection, e);
    }
    if (String.valueOf(mode).equals("DEFERRED")) {
      throw refused(
          "a transaction that began IMMEDIATE, got one that began DEFERRED; connect with"
              + " transaction_mode=IMMEDIATE",
          null);
    }
  }

  /// Refuses a connection to another file.
  static void requireFile(Session session, Path file) throws SQLException {
    List<String> names = session.list("joined-file", row -> String.valueOf(row.getString(1)));
    String name = names.isEmpty() ? "" : names.getFirst();
    if (name.isEmpty() || !same(Path.of(name), file)) {
      throw refused("a connection to " + file + ", got one to '" + name + "'", null);
    }
  }

  private static boolean same(Path found, Path file) {
    try {
      return found.equals(file) || Files.isSameFile(found, file);
    } catch (IOException e) {
      return false;
    }
  }

  private static StoreException refused(String what, @Nullable Throwable cause) {
    return new StoreException(Kind.REJECTED, "join: expected " + what, cause);
  }
}
