// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Table;
import dev.detent.annotation.Transition;
import dev.detent.machine.Machine;
import dev.detent.sql.SqlStore;
import dev.detent.store.MappedTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;

/// Is [FlipMachine] over a table of the user's own.
@StateMachine("coin")
@Table(name = "coins", ids = Table.Ids.TEXT)
final class CoinMachine {
  private static final String CREATE =
      """
      insert into coins (id, state, created_at, updated_at)
      values (?, 'Heads', '2026-01-02 03:04:05', '2026-01-02 03:04:05')\
      """;

  /// Is a side of a coin.
  sealed interface Coin {
    /// Is the side on which every coin begins.
    record Heads() implements Coin {}

    /// Is the other side.
    record Tails() implements Coin {}
  }

  @Transition
  Coin.Heads mint(String ignored) {
    return new Coin.Heads();
  }

  @Transition
  Coin.Tails flip(Coin.Heads from) {
    return new Coin.Tails();
  }

  @Transition
  Coin.Heads flip(Coin.Tails from) {
    return new Coin.Heads();
  }

  /// Makes the table, and a row for each key.
  static void createRows(Database database, String room) throws SQLException {
    MappedTable table = Objects.requireNonNull(Machine.of(new CoinMachine()).table());
    try (Connection connection = database.connect(room);
        Statement statement = connection.createStatement()) {
      for (String each : SqlStore.ddl(database.dialect(), table).split(";\n", -1)) {
        if (!each.isBlank()) {
          statement.execute(each);
        }
      }
      connection.setAutoCommit(false);
      try (PreparedStatement row = connection.prepareStatement(CREATE)) {
        for (String key : Keys.all()) {
          row.setString(1, key);
          row.addBatch();
        }
        row.executeBatch();
      }
      statement.execute("analyze");
      connection.commit();
    }
  }
}
