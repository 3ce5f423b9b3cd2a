// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.Batch;
import dev.detent.store.EventRow;
import dev.detent.store.Fence;
import dev.detent.store.StepDrop;
import dev.detent.store.StoreException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Turns a batch into changes, the fence first, and checks what they hit.
final class Commit implements Work<Boolean> {
  private static final int MILESTONE_EVENTS = 64;

  private final Batch batch;
  private final Binding binding;
  private final MappedWrites mapped;
  private final boolean joined;
  private final MoveRows rows;
  private final List<Change<?>> changes = new ArrayList<>();

  /// Prepares a commit.
  ///
  /// @throws IllegalArgumentException if the batch contradicts itself
  Commit(Batch batch, Binding binding, Tails tails, Mappings mappings) {
    this(batch, binding, tails, mappings, Way.OWN);
  }

  private Commit(Batch batch, Binding binding, Tails tails, Mappings mappings, Way way) {
    this.batch = batch;
    this.binding = binding;
    this.mapped = mappings.writes(batch, way != Way.HELD);
    this.joined = way == Way.JOINED;
    BatchRules.require(batch);
    this.rows =
        binding.locksRows()
            ? new ChainedRows(batch, mappings)
            : new NumberedRows(batch, mappings, tails);
    addFences(joined ? "joined-fence" : "fence");
    addRows();
  }

  /// Says whose transaction it is in: its own, one that holds a partition already, the caller's.
  private enum Way {
    OWN,
    HELD,
    JOINED
  }

  /// Prepares to write in a transaction that holds one of the partitions: what it does can't be
  /// taken back and tried in another way.
  ///
  /// @throws IllegalArgumentException if the batch contradicts itself
  static Commit held(Batch batch, Binding binding, Mappings mappings) {
    return new Commit(batch, binding, new Tails(0), mappings, Way.HELD);
  }

  /// Prepares to write in somebody else's transaction, as a part of it that can be taken back.
  ///
  /// @throws IllegalArgumentException if the batch contradicts itself
  static Commit joined(Batch batch, Binding binding, Mappings mappings) {
    return new Commit(batch, binding, new Tails(0), mappings, Way.JOINED);
  }

  private void addRows() {
    addEventsAndInstances();
    addTimersAndInvocations();
    addSteps();
  }

  @Override
  public Boolean run(Session session) throws SQLException {
    if (binding.locksRows()) {
      lock(session);
    }
    return write(session);
  }

  /// Locks the partitions, but waits for nobody who has locked one of them.
  ///
  /// @throws StoreException LOCKED if somebody has; nothing was written
  void lock(Session session) throws SQLException {
    List<Integer> wanted = batch.fences().stream().map(Fence::partition).toList();
    var free =
        new Question<Integer, Integer>(
            "fence-lock", Shapes.PARTITION, wanted, row -> row.getInt(1));
    binding.ask(session, "transaction", List.of(free));
    if (free.found().size() != wanted.size()) {
      var held = new TreeSet<>(wanted);
      held.removeAll(free.found());
      throw StoreException.locked(
          held,
          "commit %s: expected partitions that nobody has locked, got %s locked; wait for them"
              .formatted(batch.id(), held));
    }
  }

  /// Writes, once the partitions are locked. If a move of a row of the user's misses that, all is
  /// taken back and written again with the rows read and compared: so it is found out why.
  Boolean write(Session session) throws SQLException {
    if (apply(session, mapped.moves(joined))) {
      mapped.writeRest(session);
      return true;
    }
    if (joined) {
      session.run("joined-undo");
    } else {
      session.connection().rollback();
      lock(session);
    }
    boolean _ = apply(session, List.of());
    mapped.writeCompared(session);
    return true;
  }

  /// Tells whether [#writeHeld] can write it: no row must be read and compared.
  boolean isPlain() {
    return !mapped.isCompared();
  }

  /// Writes what was decided on rows that have been locked since, in one round trip, and ends the
  /// part that can be taken back. Nobody can have changed anything meanwhile.
  ///
  /// @throws StoreException FENCED if somebody has: then it is half written
  void writeHeld(Session session) throws SQLException {
    var all = new ArrayList<Change<?>>(changes);
    all.addAll(mapped.heldMoves());
    long[] counts = binding.apply(session, "joined-begin", all, "joined-end");
    for (int i = 0; i < counts.length; i++) {
      if (all.get(i).counted() && counts[i] != all.get(i).rows().size()) {
        throw mismatch(all.get(i), counts[i]);
      }
    }
  }

  /// Returns whether all moves hit their rows.
  private boolean apply(Session session, List<Change<?>> moves) throws SQLException {
    rows.prepare(session);
    var all = new ArrayList<Change<?>>(changes);
    all.addAll(moves);
    long[] counts = binding.apply(session, joined ? "joined-begin" : null, all);
    for (int i = 0; i < counts.length; i++) {
      Change<?> change = all.get(i);
      if (change.counted() && counts[i] != change.rows().size()) {
        if (i >= changes.size()) {
          return false;
        }
        throw mismatch(change, counts[i]);
      }
    }
    return true;
  }

  /// Takes note that it is committed.
  void committed() {
    rows.committed();
  }

  private void addFences(String statement) {
    Map<Integer, Long> times = new HashMap<>(2 * batch.fences().size());
    batch.events().forEach(e -> times.merge(e.offset().partition(), e.at(), Math::max));
    var moves = new ArrayList<Shapes.Move>(batch.fences().size());
    for (Fence fence : batch.fences()) {
      moves.add(new Shapes.Move(fence, batch.id(), times.get(fence.partition())));
    }
    add(new Change<>(statement, Shapes.FENCE, moves, true));
  }

  private void addEventsAndInstances() {
    rows.changes().forEach(this::add);
    List<EventRow> milestones =
        batch.events().stream().filter(e -> isMilestone(e.version())).toList();
    add(new Change<>("milestone-insert", Shapes.MILESTONE, milestones, true));
  }

  /// Tells whether the event of a version leads into the chain of its instance's events.
  static boolean isMilestone(long version) {
    return version % MILESTONE_EVENTS == 0;
  }

  private void addTimersAndInvocations() {
    var tokens = batch.invocations().stream().filter(i -> i.token() != null).toList();
    add(new Change<>("timer-insert", Shapes.TIMER, batch.timers(), false));
    add(new Change<>("timer-delete", Shapes.TIMER_DROP, batch.dropped(), false));
    add(new Change<>("invocation-clear", Shapes.INVOCATION_CLEAR, tokens, false));
    add(new Change<>("invocation-write", Shapes.INVOCATION, batch.invocations(), false));
  }

  private void addSteps() {
    var journals = new ArrayList<StepDrop>();
    var entries = new ArrayList<StepDrop>();
    for (StepDrop drop : batch.cleared()) {
      (drop.position() == null ? journals : entries).add(drop);
    }
    add(new Change<>("journal-delete", Shapes.JOURNAL_DROP, journals, false));
    add(new Change<>("step-delete", Shapes.STEP_DROP, entries, false));
    add(new Change<>("step-write", Shapes.STEP, batch.steps(), false));
  }

  private void add(Change<?> change) {
    if (!change.rows().isEmpty()) {
      changes.add(change);
    }
  }

  private StoreException mismatch(Change<?> change, long count) {
    return new StoreException(
        StoreException.Kind.FENCED,
        "commit %s: expected %s to fit %d rows, got %d; nothing was written; decide again"
            .formatted(batch.id(), change.statement(), change.rows().size(), count),
        null);
  }
}
