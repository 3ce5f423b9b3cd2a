// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.Key;
import dev.detent.store.Batch;
import dev.detent.store.InstanceRow;
import dev.detent.store.Joined;
import dev.detent.store.PartitionRow;
import dev.detent.store.Sight;
import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Reads and writes in a transaction that somebody else ends.
///
/// Partition rows are locked before anything of the partition is read: what a caller decides on is
/// true until its transaction ends.
final class JoinedSession implements Joined {
  /// SQL's own code for a division by zero: of one row, none was hit.
  private static final String MISSED = "22012";

  private final Sessions sessions;
  private final Binding binding;
  private final Mappings mappings;
  private final Session session;
  private final boolean lent;

  /// Makes one.
  ///
  /// @param mappings which instances are rows of tables of the user's
  /// @param lent whether the connection is the caller's, where no statement may stay open
  JoinedSession(
      Sessions sessions, Binding binding, Mappings mappings, Session session, boolean lent) {
    this.sessions = sessions;
    this.binding = binding;
    this.mappings = mappings;
    this.session = session;
    this.lent = lent;
  }

  @Override
  public List<PartitionRow> lock(Collection<Integer> wanted) {
    if (wanted.isEmpty()) {
      return List.of();
    }
    return run(
        "lock",
        () -> {
          var locks = locks(wanted);
          binding.ask(session, null, List.of(locks));
          return locks.found();
        });
  }

  private static Question<Integer, PartitionRow> locks(Collection<Integer> wanted) {
    List<Integer> ascending = List.copyOf(new TreeSet<>(wanted));
    return new Question<>("joined-lock", Shapes.PARTITION, ascending, Rows::partition);
  }

  @Override
  public Sight look(Collection<Key> keys) {
    if (keys.isEmpty()) {
      return new Sight(List.of(), List.of(), new HashSet<>(), Map.of());
    }
    List<Key> names = List.copyOf(new HashSet<>(keys));
    var of = new TreeSet<Integer>();
    names.forEach(key -> of.add(key.partition(mappings.partitions())));
    return run("look", () -> look(names, List.copyOf(of)));
  }

  private Sight look(List<Key> names, List<Integer> of) throws SQLException {
    Map<Integer, Long> lastAt = new HashMap<>();
    var locks = locks(of);
    var instances =
        new Question<Key, InstanceRow>("joined-instances", Shapes.KEY, names, Rows::instance);
    Shape<Key> placed = Shapes.KEY.number(key -> key.partition(mappings.partitions()));
    var busy = new Question<Key, Key>("joined-busy", placed, names, Rows::key);
    var last =
        new Question<Integer, Long>(
            "joined-last-at",
            Shapes.PARTITION,
            of,
            row -> lastAt.put(row.getInt(1), row.getLong(2)));
    Question<?, MappedRow> row =
        names.size() == 1 && binding.asksForMapped() ? mappings.seek(names.getFirst()) : null;
    List<InstanceRow> shown;
    if (row == null) {
      binding.ask(session, null, List.of(locks, instances, busy, last));
      shown = mappings.over(session, names, instances.found(), true);
    } else {
      binding.ask(session, null, List.of(locks, instances, busy, last, row));
      shown = mappings.over(names.getFirst(), instances.found(), row.found());
    }
    return new Sight(locks.found(), shown, new HashSet<>(busy.found()), lastAt);
  }

  @Override
  public Key insert(InstanceRow row) {
    return run("insert", () -> mappings.insert(session, row));
  }

  @Override
  public void write(Batch batch) {
    var commit = Commit.joined(batch, binding, mappings);
    run(
        "write " + batch.id(),
        () -> {
          if (!writeWhole(commit)) {
            writeCounted(commit);
          }
          return true;
        });
  }

  /// Writes in one round trip, if that is possible and all is as it was seen.
  private boolean writeWhole(Commit commit) throws SQLException {
    try {
      return commit.writeWhole(session);
    } catch (UnsentException e) {
      throw e;
    } catch (SQLException e) {
      undo();
      if (!MISSED.equals(e.getSQLState())) {
        throw e;
      }
      return false; // which row was missed is found out by counting
    }
  }

  private void writeCounted(Commit commit) throws SQLException {
    boolean whole = false;
    try {
      Boolean _ = commit.write(session);
      session.run("joined-end");
      whole = true;
    } catch (UnsentException e) {
      whole = true;
      throw e;
    } finally {
      if (!whole) {
        undo();
      }
    }
  }

  /// Takes back what a write did; if even that fails, the transaction has ended.
  private void undo() {
    try {
      session.run("joined-undo");
    } catch (SQLException e) {
      System.getLogger(JoinedSession.class.getName()).log(System.Logger.Level.DEBUG, "undo", e);
    }
  }

  private <T> T run(String what, Part<T> part) {
    try {
      return part.run();
    } catch (SQLException e) {
      throw failure(what, e);
    } finally {
      release();
    }
  }

  private void release() {
    if (lent) {
      try {
        session.closeStatements();
      } catch (SQLException e) {
        System.getLogger(JoinedSession.class.getName()).log(System.Logger.Level.DEBUG, "close", e);
      }
    }
  }

  private StoreException failure(String what, SQLException e) {
    Kind kind = sessions.kind(e, false);
    String remedy =
        kind == Kind.REJECTED
            ? "nothing of it was written; the content must change"
            : "roll back and run the transaction again";
    String message = String.valueOf(e.getMessage()).strip();
    return new StoreException(
        kind,
        "%s in a transaction: expected %s to do it, got '%s'; %s"
            .formatted(what, sessions.name(), message, remedy),
        e);
  }

  /// Does something with the session.
  private interface Part<T> {
    T run() throws SQLException;
  }
}
