// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.Key;
import dev.detent.sql.GuardedMove.Hit;
import dev.detent.store.EventRow;
import dev.detent.store.Glance;
import dev.detent.store.InstanceRow;
import dev.detent.store.InstanceWrite;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Moves instances in somebody else's transaction without locking them first: what a move was
/// decided on is compared by the statement that writes it. So no lock is held across the network
/// but for the commit.
///
/// **Threads**: one at a time.
final class GuardedMoves {
  private static final List<String> UNDOABLE = List.of("joined-begin", "joined-end");

  private final Binding binding;
  private final Mappings mappings;
  private final Session session;
  private @Nullable Glance missed;
  private @Nullable MappedMove missedBy;

  GuardedMoves(Binding binding, Mappings mappings, Session session) {
    this.binding = binding;
    this.mappings = mappings;
    this.session = session;
  }

  /// Shows what a move rests on, or null if it must be decided under locks.
  @Nullable Glance glance(Key key) throws SQLException {
    boolean mapped = mappings.of(key.machine()) != null;
    Question<?, MappedRow> row = mappings.seek(key, false);
    if (!binding.atOnce() || (mapped && row == null)) {
      return null;
    }
    var stored = new Question<Key, Glance>("joined-glance", Shapes.KEY, List.of(key), Rows::glance);
    binding.ask(session, null, row == null ? List.of(stored) : List.of(stored, row));
    if (stored.found().isEmpty()) {
      return null;
    }
    Glance glance = stored.found().getFirst();
    if (row == null) {
      return followed(glance);
    }
    List<InstanceRow> shown = mappings.over(key, List.of(glance.stored()), row.found());
    return followed(glance.showing(shown.getFirst()));
  }

  /// Returns it if the next move is one event and nothing else.
  private static @Nullable Glance followed(Glance glance) {
    InstanceRow stored = glance.stored();
    boolean alone = stored.timers() == 0 && !Commit.isMilestone(stored.version() + 1);
    return alone && !glance.instance().state().equals(Mappings.GONE) ? glance : null;
  }

  /// Writes a move, as far as what it was decided on still holds.
  ///
  /// @return what it did; null for nothing
  @Nullable Hit move(Glance seen, InstanceWrite write, EventRow event) throws SQLException {
    var move = new GuardedMove(seen, mappings.beside(write).row(), event);
    Mapping mapping = mappings.of(write.row().key().machine());
    if (mapping == null) {
      return binding.first(session, move.parts(), List.of(), GuardedMove::hit);
    }
    Map<MappedMove, List<MappedMove.Cells>> ways = new LinkedHashMap<>();
    if (!mapping.moves().add(write, ways)) {
      return null;
    }
    MappedMove way = ways.keySet().iterator().next();
    Change<?> row = way.part(ways.values().iterator().next().getFirst());
    List<String> around = mapping.hasRules() ? UNDOABLE : List.of();
    Hit hit = binding.first(session, move.parts(row), around, GuardedMove::hit);
    if (hit != null && hit.instance() && !hit.whole()) {
      missed = seen;
      missedBy = way;
    }
    return hit;
  }

  /// Tells whether an error in a move of an instance can be taken back: otherwise it ends the
  /// transaction, as errors of the database do.
  boolean undoable(Key key) {
    Mapping mapping = mappings.of(key.machine());
    return mapping != null && mapping.hasRules();
  }

  /// Learns what an instance is whose row was missed: if it is what was seen, it is a matter of
  /// spelling.
  void looked(List<InstanceRow> instances) {
    if (missed != null && missedBy != null && instances.contains(missed.instance())) {
      missedBy.missed();
    }
    missed = null;
    missedBy = null;
  }

  /// Takes back what a move did that has missed a part.
  ///
  /// @return whether everything is again as it was
  boolean takeBack(Glance seen, Hit hit) throws SQLException {
    InstanceRow stored = seen.stored();
    var changes = new ArrayList<Change<?>>();
    changes.add(
        new Change<>("joined-move-undo", Shapes.PARTITION, List.of(stored.partition()), true));
    if (hit.instance()) {
      var before = new InstanceWrite(stored, stored.version() + 1);
      var placed = new Shapes.Placed(before, seen.previous());
      changes.add(new Change<>("instance-update", Shapes.INSTANCE_UPDATE, List.of(placed), true));
    }
    for (long count : binding.apply(session, null, changes)) {
      if (count != 1) {
        return false;
      }
    }
    return true;
  }
}
