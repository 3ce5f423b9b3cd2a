// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import java.sql.Connection;

/// Runs SQL of the user's in a transaction that also moves a cursor.
@FunctionalInterface
public interface ConsumerSql {
  /// Does nothing.
  ConsumerSql NONE = connection -> {};

  /// Runs it.
  ///
  /// @param connection the transaction's; it must not be committed, rolled back or closed
  /// @throws Exception to roll everything back
  void run(Connection connection) throws Exception;
}
