// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.InstanceWrite;
import dev.detent.store.MappedState;
import dev.detent.store.MappedTable;
import dev.detent.store.Seen;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Knows the ways along which rows of one table of the user's move.
///
/// **Threads**: safe for any number of threads.
final class MappedMoves {
  private static final int ROUTES_MAX = 1_000;

  private final MappedMove.@Nullable Ground ground;
  private final Map<Route, MappedMove> moves = new ConcurrentHashMap<>();

  /// Names the states of a way.
  private record Route(String from, List<String> entered) {}

  /// Makes one that knows none.
  ///
  /// @param found how the columns are declared
  MappedMoves(MappedTable table, Spelling spelling, Map<String, FoundColumn> found) {
    Guards guards = spelling.guards();
    this.ground = guards == null ? null : new MappedMove.Ground(table, found, spelling, guards);
  }

  /// Adds a write to what goes along the same way.
  ///
  /// @param into the parameters of all writes by their ways
  /// @return whether that is possible; if not, the row must be read and compared
  boolean add(InstanceWrite write, Map<MappedMove, List<MappedMove.Cells>> into) {
    Seen seen = write.seen();
    MappedMove move = seen == null || seen.inserted() ? null : move(write, seen);
    if (move == null || seen == null) {
      return false;
    }
    try {
      MappedMove.Cells cells = move.cells(write, seen);
      if (cells == null) {
        return false;
      }
      into.computeIfAbsent(move, _ -> new ArrayList<>()).add(cells);
      return true;
    } catch (SQLException e) {
      return false; // whoever reads the row says what is wrong
    }
  }

  private @Nullable MappedMove move(InstanceWrite write, Seen seen) {
    String from = seen.state();
    if (from == null || ground == null) {
      return null;
    }
    List<String> entered = List.of(write.row().state());
    if (!seen.passed().isEmpty()) {
      entered = new ArrayList<>();
      for (Seen.Entered passed : seen.passed()) {
        entered.add(passed.state());
      }
      entered.add(write.row().state());
    }
    var route = new Route(from, entered);
    MappedMove known = moves.get(route);
    return known != null || moves.size() >= ROUTES_MAX ? known : prepare(route, ground);
  }

  private @Nullable MappedMove prepare(Route route, MappedMove.Ground ground) {
    MappedState from = ground.table().states().get(route.from());
    var entered = new ArrayList<MappedState>();
    for (String name : route.entered()) {
      MappedState state = ground.table().states().get(name);
      if (state != null) {
        entered.add(state);
      }
    }
    if (from == null || entered.size() != route.entered().size()) {
      return null;
    }
    var move = new MappedMove(ground, from, entered);
    MappedMove before = moves.putIfAbsent(route, move);
    return before == null ? move : before;
  }
}
