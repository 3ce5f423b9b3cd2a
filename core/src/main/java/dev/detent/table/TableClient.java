// SPDX-License-Identifier: Apache-2.0
package dev.detent.table;

import dev.detent.engine.JoinedTransaction;
import dev.detent.machine.Machine;
import java.sql.Connection;
import java.util.function.Function;

/// Moves the instances of one machine in transactions of the caller's.
///
/// **Threads**: safe for any number of threads.
///
/// @param <M> the machine's class
public final class TableClient<M> {
  private final Machine machine;
  private final Function<Connection, JoinedTransaction> joins;

  TableClient(Machine machine, Function<Connection, JoinedTransaction> joins) {
    this.machine = machine;
    this.joins = joins;
  }

  /// Takes part in a transaction that the caller began and will end.
  ///
  /// @param connection a connection to the store's database, not in auto-commit; on SQLite one
  ///   whose transactions begin as IMMEDIATE, and that is closed after its commit: the driver
  ///   begins the next transaction at once, and all others who write wait for that
  public TableTransaction<M> in(Connection connection) {
    return in(joins.apply(connection));
  }

  /// Takes part in a transaction that the library began:
  /// [transaction][dev.detent.engine.Detent#transaction].
  public TableTransaction<M> in(JoinedTransaction transaction) {
    return new TableTransaction<>(machine, transaction);
  }

  /// Returns the machine.
  public Machine machine() {
    return machine;
  }
}
