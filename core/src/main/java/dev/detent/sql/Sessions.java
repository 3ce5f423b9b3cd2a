// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// Lends connections of one database, and knows what its errors mean.
///
/// **Threads**: safe for any number of threads.
sealed interface Sessions permits SqliteFile, ServerSessions {
  /// Lends a session in a transaction that may write. Waits for its turn.
  Session borrowWriter() throws SQLException;

  /// Lends a session whose reads see one state of the database, unless they are of several
  /// statements on a server.
  Session borrowReader() throws SQLException;

  /// Takes a session back whose transaction has ended.
  void giveBack(Session session);

  /// Takes a session back that is of no use any more.
  ///
  /// @param kind what is known of its transaction, or null if it was rolled back
  void discard(Session session, StoreException.@Nullable Kind kind);

  /// Makes sure that a connection of the caller's can take part: that it is in a transaction that
  /// may write to this database.
  ///
  /// @return a session on it, which is not to be closed
  /// @throws StoreException REJECTED if it can't
  Session join(Connection connection) throws SQLException;

  /// Says what an error makes certain.
  ///
  /// @param committing whether it came in answer to COMMIT
  StoreException.Kind kind(SQLException error, boolean committing);

  /// Says what to do about an error after which nothing was written.
  default String remedy(SQLException error) {
    return "retry when the database is well";
  }

  /// Returns what to call the database in messages; without passwords.
  String name();

  /// Lets go of all connections and locks.
  void close();
}
