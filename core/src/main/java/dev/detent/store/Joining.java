// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import java.sql.Connection;
import org.jspecify.annotations.Nullable;

/// Does something in a transaction that [Store#transaction] commits.
///
/// @param <T> what it returns
@FunctionalInterface
public interface Joining<T extends @Nullable Object> {
  /// Runs it.
  ///
  /// @param connection the transaction's; it must not be committed, rolled back or closed
  /// @param joined the store's part in it
  /// @return what [Store#transaction] returns
  /// @throws Exception to roll everything back
  T run(Connection connection, Joined joined) throws Exception;
}
