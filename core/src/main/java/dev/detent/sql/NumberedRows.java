// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.Key;
import dev.detent.store.Batch;
import dev.detent.store.EventRow;
import dev.detent.store.InstanceRow;
import dev.detent.store.InstanceWrite;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Writes instances to a file by their numbers, which is half the work of finding them by their
/// names. What is not remembered of them is looked up first.
final class NumberedRows implements MoveRows {
  /// An instance that is stored for the first time.
  private static final Shape<Moved> INSERT =
      Shape.<Moved>empty()
          .number(m -> m.tail.id())
          .text(m -> m.row.key().machine())
          .text(m -> m.row.key().key())
          .number(m -> m.row.partition())
          .text(m -> m.row.state())
          .text(m -> m.row.data())
          .number(m -> m.row.version())
          .text(m -> m.row.definition())
          .number(m -> m.row.createdAt())
          .number(m -> m.row.updatedAt())
          .number(m -> m.row.enteredAt())
          .number(m -> m.row.timers())
          .text(m -> m.row.invocation())
          .number(Moved::lastOffset);

  /// An instance that is stored already, at the version that is expected there.
  private static final Shape<Moved> UPDATE =
      Shape.<Moved>empty()
          .number(m -> m.tail.id())
          .number(m -> m.expected)
          .text(m -> m.row.state())
          .text(m -> m.row.data())
          .number(m -> m.row.version())
          .text(m -> m.row.definition())
          .number(m -> m.row.updatedAt())
          .number(m -> m.row.enteredAt())
          .number(m -> m.row.timers())
          .text(m -> m.row.invocation())
          .number(Moved::lastOffset);

  /// One of which only that is to change what every move changes.
  private static final Shape<Moved> MOVE =
      Shape.<Moved>empty()
          .number(m -> m.tail.id())
          .number(m -> m.expected)
          .text(m -> m.row.state())
          .text(m -> m.row.data())
          .number(m -> m.row.version())
          .number(m -> m.row.updatedAt())
          .number(Moved::lastOffset);

  /// The same of one that holds nothing before and after.
  private static final Shape<Moved> BARE_MOVE =
      Shape.<Moved>empty()
          .number(m -> m.tail.id())
          .number(m -> m.expected)
          .text(m -> m.row.state())
          .number(m -> m.row.version())
          .number(m -> m.row.updatedAt())
          .number(Moved::lastOffset);

  /// An event of a command, along a declared transition, without metadata.
  private static final Shape<Numbered> MOVE_EVENT =
      Shape.<Numbered>empty()
          .number(e -> ((long) e.row.offset().partition() << 40) + e.row.offset().offset())
          .text(e -> e.row.key().machine())
          .text(e -> e.row.key().key())
          .number(e -> e.row.version())
          .text(e -> e.row.from())
          .text(e -> e.row.to())
          .text(e -> e.row.input())
          .number(e -> e.row.at())
          .number(Numbered::previous)
          .text(e -> e.row.command());

  /// Any event.
  private static final Shape<Numbered> EVENT =
      MOVE_EVENT.text(e -> e.row.cause()).flag(e -> e.row.forced()).text(e -> e.row.metadata());

  private final Tails tails;
  private final Map<Key, Moved> all;
  private final List<Moved> unknown = new ArrayList<>();
  private final List<Moved> inserts = new ArrayList<>();
  private final List<Moved> updates = new ArrayList<>();
  private final List<Moved> moves = new ArrayList<>();
  private final List<Moved> bareMoves = new ArrayList<>();
  private final List<Change<?>> changes = new ArrayList<>();

  NumberedRows(Batch batch, Mappings mappings, Tails tails) {
    this.tails = tails;
    this.all = HashMap.newHashMap(batch.instances().size());
    for (InstanceWrite write : batch.instances()) {
      Moved moved = moved(mappings.beside(write));
      all.put(write.row().key(), moved);
      kind(moved).add(moved);
    }
    addEvents(batch.events());
    changes.add(new Change<>("numbered-instance-insert", INSERT, inserts, true));
    changes.add(new Change<>("numbered-instance-update", UPDATE, updates, true));
    changes.add(new Change<>("numbered-instance-move", MOVE, moves, true));
    changes.add(new Change<>("numbered-instance-bare-move", BARE_MOVE, bareMoves, true));
  }

  private List<Moved> kind(Moved moved) {
    if (moved.expected == 0) {
      return inserts;
    } else if (!moved.remembered || !moved.tail.fits(moved.row)) {
      return updates;
    }
    return moved.tail.isBare(moved.row) ? bareMoves : moves;
  }

  private Moved moved(InstanceWrite write) {
    Tail remembered = write.expected() == 0 ? null : tails.of(write.row().key());
    var moved = new Moved(write, remembered == null ? new Tail() : remembered, remembered != null);
    if (remembered == null && write.expected() != 0) {
      unknown.add(moved);
    }
    return moved;
  }

  private void addEvents(List<EventRow> rows) {
    var events = new ArrayList<Numbered>(rows.size());
    boolean plain = true;
    for (EventRow event : rows) {
      Moved moved = Objects.requireNonNull(all.get(event.key()));
      events.add(new Numbered(event, moved.tail, moved.last));
      moved.last = event.offset().offset();
      plain &= event.cause().equals("command") && !event.forced() && event.metadata() == null;
    }
    changes.add(
        plain
            ? new Change<>("numbered-event-move", MOVE_EVENT, events, true)
            : new Change<>("numbered-event-insert", EVENT, events, true));
  }

  @Override
  public List<Change<?>> changes() {
    return changes;
  }

  @Override
  public void prepare(Session session) throws SQLException {
    if (unknown.isEmpty() && inserts.isEmpty()) {
      return;
    }
    session.run("transaction");
    PreparedStatement place = session.statement("numbered-instance-place");
    for (Moved moved : unknown) {
      look(place, moved);
    }
    if (!inserts.isEmpty()) {
      long number = session.list("numbered-instance-last", row -> row.getLong(1)).getFirst();
      for (Moved moved : inserts) {
        moved.tail.number(++number);
      }
    }
  }

  private static void look(PreparedStatement place, Moved moved) throws SQLException {
    place.setString(1, moved.row.key().machine());
    place.setString(2, moved.row.key().key());
    try (ResultSet row = place.executeQuery()) {
      if (row.next()) {
        moved.tail.found(row);
      } else {
        moved.tail.lost(); // it is not there: the write will miss it
      }
    }
  }

  @Override
  public void committed() {
    Map<Key, Tail> learnt = HashMap.newHashMap(unknown.size() + inserts.size());
    all.forEach((key, moved) -> {
      moved.tail.moved(moved.row, moved.lastOffset());
      if (!moved.remembered) {
        learnt.put(key, moved.tail);
      }
    });
    tails.learn(learnt);
  }

  /// Holds an instance that is written.
  private static final class Moved {
    private final InstanceRow row;
    private final long expected;
    private final Tail tail;
    private final boolean remembered;

    /// The place of its last event in the batch so far, or 0.
    private long last;

    Moved(InstanceWrite write, Tail tail, boolean remembered) {
      this.row = write.row();
      this.expected = write.expected();
      this.tail = tail;
      this.remembered = remembered;
    }

    long lastOffset() {
      return last == 0 ? tail.offset() : last;
    }
  }

  /// Holds an event, and the one before it of its instance.
  ///
  /// @param row the event
  /// @param tail the instance's end before the batch
  /// @param last the place of the instance's event before in the batch, or 0
  private record Numbered(EventRow row, Tail tail, long last) {
    long previous() {
      return last == 0 ? tail.offset() : last;
    }
  }
}
