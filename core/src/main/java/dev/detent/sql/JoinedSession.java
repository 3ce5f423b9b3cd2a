// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.Key;
import dev.detent.sql.GuardedMove.Hit;
import dev.detent.sql.Rows.Glimpse;
import dev.detent.store.Batch;
import dev.detent.store.EventRow;
import dev.detent.store.Fence;
import dev.detent.store.Glance;
import dev.detent.store.InstanceRow;
import dev.detent.store.InstanceWrite;
import dev.detent.store.Joined;
import dev.detent.store.PartitionRow;
import dev.detent.store.Seen;
import dev.detent.store.Sight;
import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Reads and writes in a transaction that somebody else ends.
///
/// Partition rows are locked before anything of the partition is read: what a caller decides on is
/// true until its transaction ends.
final class JoinedSession implements Joined {
  private final Sessions sessions;
  private final Binding binding;
  private final Mappings mappings;
  private final Session session;
  private final boolean lent;
  private final GuardedMoves moves;
  private @Nullable Sight held;

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
    this.moves = new GuardedMoves(binding, mappings, session);
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
    if (binding.atOnce()) {
      return glance(names, of);
    }
    Map<Integer, Long> lastAt = new HashMap<>();
    var locks = locks(of);
    var instances =
        new Question<Key, InstanceRow>("joined-instances", Shapes.KEY, names, Rows::instance);
    var busy = new Question<Key, Key>("joined-busy", placed(), names, Rows::key);
    var last =
        new Question<Integer, Long>(
            "joined-last-at",
            Shapes.PARTITION,
            of,
            row -> lastAt.put(row.getInt(1), row.getLong(2)));
    binding.ask(session, null, List.of(locks, instances, busy, last));
    List<InstanceRow> shown = mappings.over(session, names, instances.found(), true);
    return new Sight(locks.found(), shown, new HashSet<>(busy.found()), lastAt);
  }

  private Shape<Key> placed() {
    return Shapes.KEY.number(key -> key.partition(mappings.partitions()));
  }

  /// Looks in one round trip, if there is one instance only or none is mapped.
  private Sight glance(List<Key> names, List<Integer> of) throws SQLException {
    var locks = locks(of);
    var glimpses = new Question<Key, Glimpse>("joined-sight", placed(), names, Rows::glimpse);
    Question<?, MappedRow> row = names.size() == 1 ? mappings.seek(names.getFirst(), true) : null;
    binding.ask(
        session, null, row == null ? List.of(locks, glimpses) : List.of(locks, glimpses, row));
    var stored = new ArrayList<InstanceRow>();
    var busy = new HashSet<Key>();
    Map<Integer, Long> lastAt = new HashMap<>();
    for (Glimpse glimpse : glimpses.found()) {
      if (glimpse.instance() != null) {
        stored.add(glimpse.instance());
      }
      if (glimpse.busy()) {
        busy.add(glimpse.key());
      }
      if (glimpse.lastAt() != null) {
        lastAt.put(glimpse.partition(), glimpse.lastAt());
      }
    }
    List<InstanceRow> shown =
        row == null
            ? mappings.over(session, names, stored, true)
            : mappings.over(names.getFirst(), stored, row.found());
    var sight = new Sight(locks.found(), shown, busy, lastAt);
    moves.looked(shown);
    held = sight;
    return sight;
  }

  @Override
  public List<InstanceRow> list(String machine, @Nullable String after, int limit) {
    return run(
        "list", () -> mappings.list(session, machine, new Mappings.Page(null, after, limit)));
  }

  @Override
  public @Nullable Glance glance(Key key) {
    return run("glance", () -> moves.glance(key));
  }

  @Override
  public long move(Glance seen, InstanceWrite write, EventRow event) {
    held = null;
    return run("move", () -> moved(seen, write, event));
  }

  private long moved(Glance seen, InstanceWrite write, EventRow event) throws SQLException {
    Hit hit = hit(seen, write, event);
    if (hit == null || hit.whole()) {
      return hit == null ? 0 : hit.offset();
    }
    boolean whole = false;
    try {
      whole = moves.takeBack(seen, hit);
    } finally {
      if (!whole) {
        spoil(); // half of a move stands in the transaction
      }
    }
    return 0;
  }

  private @Nullable Hit hit(Glance seen, InstanceWrite write, EventRow event) throws SQLException {
    try {
      return moves.move(seen, write, event);
    } catch (UnsentException e) {
      throw e;
    } catch (SQLException e) {
      if (moves.undoable(write.row().key())) {
        undo();
      }
      throw e;
    }
  }

  @Override
  public Key insert(InstanceRow row) {
    return run("insert", () -> mappings.insert(session, row));
  }

  @Override
  public @Nullable Long rowVersion(Key key) {
    return run("version", () -> mappings.rowVersion(session, key));
  }

  @Override
  public void write(Batch batch) {
    var commit = Commit.joined(batch, binding, mappings);
    boolean certain = commit.isPlain() && holds(batch);
    held = null;
    run(
        "write " + batch.id(),
        () -> {
          if (certain) {
            writeHeld(commit);
          } else {
            writeCounted(commit);
          }
          return true;
        });
  }

  /// Tells whether all that a batch rests on was seen by the last look, and so is locked since.
  private boolean holds(Batch batch) {
    Sight sight = held;
    if (sight == null || batch.fences().size() != 1 || batch.instances().size() != 1) {
      return false;
    }
    Fence fence = batch.fences().getFirst();
    InstanceWrite write = batch.instances().getFirst();
    for (InstanceRow row : sight.instances()) {
      if (row.key().equals(write.row().key())) {
        return row.version() == write.expected()
            && isOf(sight.partitions(), fence)
            && isOf(row, write.seen());
      }
    }
    return false;
  }

  private static boolean isOf(List<PartitionRow> rows, Fence fence) {
    for (PartitionRow row : rows) {
      if (row.partition() == fence.partition()) {
        return row.epoch() == fence.epoch()
            && row.seq() == fence.seq()
            && row.lastOffset() == fence.lastOffset();
      }
    }
    return false;
  }

  private static boolean isOf(InstanceRow row, @Nullable Seen seen) {
    return seen == null || (row.state().equals(seen.state()) && row.data().equals(seen.data()));
  }

  /// Writes in one round trip. What was looked at is locked, so that nothing can be missed; unless
  /// a trigger keeps a row from being written, or the caller took back the locks. Then half of it
  /// stands in the transaction, which must not be committed any more.
  private void writeHeld(Commit commit) throws SQLException {
    try {
      commit.writeHeld(session);
    } catch (UnsentException e) {
      throw e;
    } catch (SQLException e) {
      undo();
      throw e;
    } catch (StoreException e) {
      spoil();
      throw e;
    }
  }

  /// Makes the transaction one that can't be committed; a driver that takes errors back for its
  /// user loses its connection.
  private void spoil() {
    try {
      session.run("joined-spoil");
    } catch (SQLException e) {
      note("spoil", e);
    }
    try {
      session.run("session");
      session.connection().abort(Runnable::run);
    } catch (SQLException e) {
      note("spoiled", e);
    }
  }

  private static void note(String what, SQLException e) {
    System.getLogger(JoinedSession.class.getName()).log(System.Logger.Level.DEBUG, what, e);
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
      note("undo", e);
    }
  }

  private <T extends @Nullable Object> T run(String what, Part<T> part) {
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
        note("close", e);
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
  private interface Part<T extends @Nullable Object> {
    T run() throws SQLException;
  }
}
