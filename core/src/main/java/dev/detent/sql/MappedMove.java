// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.sql.MoveColumns.Placed;
import dev.detent.store.InstanceRow;
import dev.detent.store.InstanceWrite;
import dev.detent.store.MappedColumn;
import dev.detent.store.MappedColumn.Kind;
import dev.detent.store.MappedState;
import dev.detent.store.MappedTable;
import dev.detent.store.Seen;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Moves rows along one way: from a state, perhaps through others, to one. The update itself
/// carries what was seen of the row, so nobody has to read that again.
///
/// Where that misses a row, whatever for, the next ones are read and compared for a while: what a
/// column spells in its own way would be missed each time.
///
/// **Threads**: safe for any number of threads.
final class MappedMove {
  private static final int PAUSE_WRITES = 10_000;
  private static final int YEAR_MAX = 9999;

  private final MappedTable table;
  private final MappedState from;
  private final List<MappedState> entered;
  private final List<Source> sources = new ArrayList<>();
  private final MoveColumns columns;
  private final Shape<Cells> shape;
  private final String skipping;
  private final String waiting;
  private final String held;
  private final String part;
  private final AtomicInteger pause = new AtomicInteger();

  /// Says where the value of a column that is set comes from.
  ///
  /// @param state which of the states that were entered; -1 for the name of the last one, -2 for
  ///   when it last moved, -3 for when it entered that state
  /// @param part which of that one's columns
  private record Source(FoundColumn column, Kind kind, int state, int part) {}

  /// Holds the parameters of one write.
  static final class Cells {
    private final @Nullable Object[] values;

    private Cells(@Nullable Object[] values) {
      this.values = values;
    }
  }

  /// Holds what all ways of a table have in common.
  ///
  /// @param found how the columns are declared
  record Ground(
      MappedTable table, Map<String, FoundColumn> found, Spelling spelling, Guards guards) {}

  /// Prepares a way.
  ///
  /// @param from the state that was seen
  /// @param entered the states that were entered since, in their order
  MappedMove(Ground ground, MappedState from, List<MappedState> entered) {
    Map<String, FoundColumn> found = ground.found();
    this.table = ground.table();
    this.from = from;
    this.entered = entered;
    addSources(found);
    var kinds = new ArrayList<Kind>();
    var set = new ArrayList<Placed>();
    for (Source source : sources) {
      set.add(placed(source.column(), source.kind(), kinds));
    }
    Placed id = placed(column(found, table.id()), table.ids().kind(), kinds);
    var seen = new ArrayList<Placed>();
    seen.add(placed(column(found, table.state()), Kind.TEXT, kinds));
    for (MappedColumn column : from.columns()) {
      seen.add(placed(column(found, column.name()), column.kind(), kinds));
    }
    String version = table.stamps().version();
    String name = ground.spelling().quoteTable(table.name());
    this.columns = new MoveColumns(name, version, set, id, seen, kinds);
    Shape<Cells> cells = Shape.empty();
    for (int i = 0; i < kinds.size(); i++) {
      int place = i;
      cells = cells.cell(row -> row.values[place], kinds.get(i), ground.spelling());
    }
    this.shape = cells;
    this.skipping = ground.guards().update(columns, false);
    this.waiting = ground.guards().update(columns, true);
    var state = new MoveColumns(name, version, set, id, seen.subList(0, 1), kinds);
    this.held = ground.guards().update(state, true);
    this.part = "m as (" + waiting + " and exists (select 1 from i) returning 1 as done)";
  }

  private static Placed placed(FoundColumn column, Kind kind, List<Kind> kinds) {
    kinds.add(kind);
    return new Placed(column, kind, kinds.size());
  }

  private static FoundColumn column(Map<String, FoundColumn> found, String name) {
    return Objects.requireNonNull(found.get(name), name);
  }

  /// What a later state says of a column counts; times that it does not say are set.
  private void addSources(Map<String, FoundColumn> found) {
    var byColumn = new LinkedHashMap<String, Source>();
    for (int i = 0; i < entered.size(); i++) {
      if (i == entered.size() - 1) {
        byColumn.remove(table.stamps().updatedAt());
        byColumn.remove(table.stamps().enteredAt());
      }
      List<MappedColumn> parts = entered.get(i).columns();
      for (int part = 0; part < parts.size(); part++) {
        MappedColumn column = parts.get(part);
        FoundColumn declared = column(found, column.name());
        byColumn.put(column.name(), new Source(declared, column.kind(), i, part));
      }
    }
    byColumn.put(table.state(), new Source(column(found, table.state()), Kind.TEXT, -1, 0));
    addTime(byColumn, table.stamps().updatedAt(), -2, found);
    addTime(byColumn, table.stamps().enteredAt(), -3, found);
    sources.addAll(byColumn.values());
  }

  private static void addTime(
      Map<String, Source> byColumn,
      @Nullable String name,
      int source,
      Map<String, FoundColumn> found) {
    if (name != null) {
      byColumn.putIfAbsent(name, new Source(column(found, name), Kind.INSTANT, source, 0));
    }
  }

  /// Returns the parameters of a write, or null if it can't be written like this.
  ///
  /// @throws SQLException if a column would cut something
  @Nullable Cells cells(InstanceWrite write, Seen seen) throws SQLException {
    Object id = table.id(write.row().key().key());
    if (id == null || paused()) {
      return null;
    }
    @Nullable Object[] cells = new @Nullable Object[columns.kinds().size()];
    @Nullable Object[][] parts = parts(write.row(), seen);
    int place = 0;
    for (Source source : sources) {
      Object value = value(source, write.row(), parts);
      if (value == null && !source.column().nullable()) {
        return null;
      }
      cells[place++] = value;
    }
    cells[place++] = id;
    cells[place++] = seen.state();
    for (Object part : MappedWriter.split(from, seen.data())) {
      cells[place++] = part;
    }
    for (Object cell : cells) {
      if (!isPlain(cell)) {
        return null;
      }
    }
    return new Cells(cells);
  }

  private boolean paused() {
    return pause.get() > 0 && pause.getAndDecrement() > 0;
  }

  /// Takes note that a row was missed.
  void missed() {
    pause.set(PAUSE_WRITES);
  }

  private @Nullable Object[][] parts(InstanceRow row, Seen seen) throws SQLException {
    @Nullable Object[][] parts = new @Nullable Object[entered.size()][];
    for (int i = 0; i < parts.length - 1; i++) {
      parts[i] = MappedWriter.split(entered.get(i), seen.passed().get(i).data());
    }
    parts[parts.length - 1] = MappedWriter.split(entered.getLast(), row.data());
    return parts;
  }

  private static @Nullable Object value(Source source, InstanceRow row, @Nullable Object[][] parts)
      throws SQLException {
    return switch (source.state()) {
      case -1 -> row.state();
      case -2 -> Exactness.rounded(source.column(), row.updatedAt());
      case -3 -> Exactness.rounded(source.column(), row.enteredAt());
      default -> exact(source, parts[source.state()][source.part()]);
    };
  }

  private static @Nullable Object exact(Source source, @Nullable Object part) throws SQLException {
    if (part != null) {
      Exactness.require(source.column(), source.kind(), part);
    }
    return part;
  }

  /// Tells whether a value is spelled the same everywhere: no time before or after the years that
  /// have four digits, nor what databases call infinity.
  private static boolean isPlain(@Nullable Object value) {
    int year =
        switch (value) {
          case Instant time when time.getEpochSecond() < 0 || time.getEpochSecond() > 1L << 37 ->
              time.atOffset(ZoneOffset.UTC).getYear();
          case LocalDate day -> day.getYear();
          case LocalDateTime time -> time.getYear();
          case OffsetDateTime time -> time.getYear();
          case null, default -> 1;
        };
    return year >= 1 && year <= YEAR_MAX;
  }

  /// Returns the update of some rows.
  ///
  /// @param waits whether it waits for whoever has locked a row, and does not leave that out
  Change<Cells> change(List<Cells> rows, boolean waits) {
    return new Change<>("move", waits ? waiting : skipping, shape, rows, true);
  }

  /// Returns the update of a row as the part of a statement that moves its instance first.
  Change<Cells> part(Cells row) {
    return new Change<>("move", part, shape, List.of(row), false);
  }

  /// Returns the update of rows that have been locked since they were seen: it looks at their state
  /// only.
  Change<Cells> heldChange(List<Cells> rows) {
    return new Change<>("move", held, shape, rows, true);
  }
}
