// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// Flips the coins of [CoinMachine] as one would without Detent: a guarded update, and an event.
///
/// **Threads**: safe for any number of threads, for different keys.
final class PlainCoins implements Callers.Move {
  private static final String EVENT_TABLE =
      """
      create table plain_event (
        event_offset bigint generated always as identity primary key,
        instance_key text not null,
        command text not null,
        from_state text not null,
        to_state text not null,
        input text not null,
        occurred_at timestamptz not null
      )\
      """;
  private static final String UPDATE =
      "update coins set state = ?, updated_at = now() where id = ? and state = ?";
  private static final String INSERT =
      """
      insert into plain_event (instance_key, command, from_state, to_state, input, occurred_at)
      values (?, 'flip', ?, ?, 'null', now())\
      """;

  private final List<String> keys = Keys.all();
  private final boolean[] tails = new boolean[Keys.COUNT];

  private PlainCoins() {}

  /// Makes the tables.
  static PlainCoins open(Database database, String room) throws SQLException {
    CoinMachine.createRows(database, room);
    try (Connection connection = database.connect(room);
        Statement statement = connection.createStatement()) {
      statement.execute(EVENT_TABLE);
    }
    return new PlainCoins();
  }

  @Override
  public void run(Connection transaction, int index) throws SQLException {
    String from = tails[index] ? "Tails" : "Heads";
    String to = tails[index] ? "Heads" : "Tails";
    try (PreparedStatement update = transaction.prepareStatement(UPDATE);
        PreparedStatement insert = transaction.prepareStatement(INSERT)) {
      update.setString(1, to);
      update.setString(2, keys.get(index));
      update.setString(3, from);
      if (update.executeUpdate() != 1) {
        throw new IllegalStateException(keys.get(index) + ": expected it to show " + from);
      }
      insert.setString(1, keys.get(index));
      insert.setString(2, from);
      insert.setString(3, to);
      insert.executeUpdate();
    }
    tails[index] = !tails[index];
  }
}
