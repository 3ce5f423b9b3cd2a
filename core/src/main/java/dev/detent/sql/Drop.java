// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.Key;
import java.sql.SQLException;
import java.util.List;

/// Deletes the oldest events of a partition, and the ways that lead to them only.
final class Drop {
  private static final int MILESTONE_EVENTS = 64;

  private final Transactions transactions;

  Drop(Transactions transactions) {
    this.transactions = transactions;
  }

  int drop(int partition, long before, int limit) {
    return transactions.write(
        "drop events of partition " + partition,
        session -> drop(session, partition, before, limit));
  }

  private static int drop(Session session, int partition, long before, int limit)
      throws SQLException {
    session.run("transaction");
    List<Oldest> oldest =
        session.list(
            "event-droppable",
            row ->
                new Oldest(
                    row.getLong(1), new Key(row.getString(2), row.getString(3)), row.getLong(4)),
            partition,
            limit,
            before,
            partition,
            partition);
    if (oldest.isEmpty()) {
      return 0;
    }
    for (Oldest event : oldest) {
      if (event.version % MILESTONE_EVENTS == 0) {
        session.update("milestone-delete", event.key.machine(), event.key.key(), event.version);
      }
    }
    return session.update("event-drop", partition, oldest.getLast().offset);
  }

  private record Oldest(long offset, Key key, long version) {}
}
