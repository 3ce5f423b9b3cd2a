// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.Key;
import dev.detent.store.EventRow;
import java.sql.SQLException;
import java.util.List;

/// Reads the events of one instance along their chain.
///
/// Where the oldest of them are dropped, the chain ends: it begins with the first that is there.
final class Histories {
  private static final int MILESTONE_EVENTS = 64;

  private Histories() {}

  static List<EventRow> read(Session session, Key key, long after, int limit) throws SQLException {
    long last = after > Long.MAX_VALUE - limit ? Long.MAX_VALUE : after + limit;
    List<EventRow> rows = between(session, key, after, last);
    if (!rows.isEmpty()) {
      return rows;
    }
    List<Long> entrance =
        session.list(
            "history-entrance", row -> row.getLong(1), after, key.machine(), key.key(), after);
    if (entrance.isEmpty() || entrance.getFirst() <= last) {
      return List.of();
    }
    long high = entrance.getFirst();
    List<EventRow> first = between(session, key, Math.max(after, high - MILESTONE_EVENTS), high);
    return first.subList(0, Math.min(limit, first.size()));
  }

  private static List<EventRow> between(Session session, Key key, long after, long last)
      throws SQLException {
    return session.list("event-history", Rows::event, key.machine(), key.key(), after, last);
  }
}
