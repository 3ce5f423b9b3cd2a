// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.StoreException;
import java.sql.SQLException;

/// Knows one product that is reached by a `DataSource`: which versions will do, what a session
/// needs, what errors mean.
///
/// **Threads**: safe for any number of threads.
sealed interface Server permits PostgresServer, MariadbServer {
  /// Returns what to call it in messages.
  String name();

  /// Looks at it once, when the store is opened.
  ///
  /// @throws StoreException if it won't do
  void require(Session session) throws SQLException;

  /// Prepares a session that is lent, before its first transaction that may write.
  void begin(Session session) throws SQLException;

  /// Undoes that, after the transaction.
  void end(Session session) throws SQLException;

  /// Says what an error makes certain.
  ///
  /// @param committing whether it came in answer to COMMIT
  StoreException.Kind kind(SQLException error, boolean committing);
}
