// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.DetentException;
import dev.detent.Key;
import dev.detent.store.Batch;
import dev.detent.store.InstanceRow;
import dev.detent.store.InstanceWrite;
import dev.detent.store.MappedTable;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Knows which machines' instances are rows of tables of the user's, and lays these rows over what
/// the store's own table has of them.
///
/// **Threads**: safe for any number of threads.
final class Mappings {
  /// Stands in the place of a state where a row is gone whose events are not.
  static final String GONE = "\u007f";

  private final Map<String, Mapping> byMachine = new ConcurrentHashMap<>();
  private final int partitions;
  private final Spelling spelling;
  private final Binding binding;

  /// Makes one that knows nothing.
  ///
  /// @param partitions how many the store has
  Mappings(int partitions, Spelling spelling, Binding binding) {
    this.partitions = partitions;
    this.spelling = spelling;
    this.binding = binding;
  }

  /// Returns how many partitions the store has.
  int partitions() {
    return partitions;
  }

  /// Learns how machines are mapped; of none if a table does not fit.
  ///
  /// @throws dev.detent.RefusedException INVALID_DEFINITION if a table does not fit, with all
  ///   differences of all tables as `problems`
  void map(Collection<MappedTable> tables, Transactions transactions) {
    var fitting = new HashMap<String, Mapping>();
    var refused = new ArrayList<String>();
    var differences = new ArrayList<String>();
    for (MappedTable table : tables) {
      List<FoundColumn> found =
          transactions.read(
              "table " + table.name(), session -> spelling.columns(session, table.name()));
      List<String> unfit = new TableCheck(table, spelling, found).differences();
      if (unfit.isEmpty()) {
        boolean rules =
            transactions.read(
                "table " + table.name(), session -> spelling.hasRules(session, table.name()));
        fitting.put(table.machine(), new Mapping(table, spelling, found, rules));
      } else {
        refused.add(table.machine());
        differences.addAll(unfit);
      }
    }
    if (!refused.isEmpty()) {
      throw TableCheck.refused(refused, List.copyOf(differences));
    }
    byMachine.putAll(fitting);
  }

  /// Returns how a machine is mapped, or null if it is not.
  @Nullable Mapping of(String machine) {
    return byMachine.get(machine);
  }

  /// Returns the instances among some keys that exist, without locks.
  List<InstanceRow> instances(Session session, Collection<Key> keys) throws SQLException {
    return over(session, keys, own(session, keys), false);
  }

  private List<InstanceRow> own(Session session, Collection<Key> keys) throws SQLException {
    return keys.isEmpty()
        ? List.of()
        : binding.select(session, "instance-select", Shapes.KEY, keys, Rows::instance);
  }

  /// Returns the instances among the keys that exist, by the rows of the user's tables for those
  /// that are mapped. A row that is gone stands there as deleted, if it had events.
  ///
  /// @param stored what the store's own table has of them
  /// @param locks whether to lock the rows, waiting for whoever has
  List<InstanceRow> over(
      Session session, Collection<Key> keys, List<InstanceRow> stored, boolean locks)
      throws SQLException {
    if (byMachine.isEmpty()) {
      return stored;
    }
    var asked = new LinkedHashMap<Mapping, List<String>>();
    for (Key key : keys) {
      Mapping mapping = of(key.machine());
      if (mapping != null) {
        asked.computeIfAbsent(mapping, _ -> new ArrayList<>()).add(key.key());
      }
    }
    if (asked.isEmpty()) {
      return stored;
    }
    var shown = new ArrayList<InstanceRow>();
    Map<Key, InstanceRow> own = new HashMap<>();
    for (InstanceRow row : stored) {
      if (of(row.key().machine()) == null) {
        shown.add(row);
      } else {
        own.put(row.key(), row);
      }
    }
    for (var each : asked.entrySet()) {
      Map<String, MappedRow> rows = each.getKey().find(session, each.getValue(), locks);
      for (String name : each.getValue()) {
        Key key = new Key(each.getKey().table().machine(), name);
        add(shown, key, rows.get(name), own.get(key));
      }
    }
    return shown;
  }

  /// Locks a row and returns what its own column of versions says, 0 for null; or null if there is
  /// no row.
  @Nullable Long rowVersion(Session session, Key key) throws SQLException {
    Mapping mapping = of(key.machine());
    MappedRow row =
        mapping == null ? null : mapping.find(session, List.of(key.key()), true).get(key.key());
    return row == null ? null : row.version() == null ? Long.valueOf(0) : row.version();
  }

  /// Returns the question for the row of an instance; null if it is not mapped, or can have no row.
  ///
  /// @param locks whether it locks the row
  @Nullable Question<?, MappedRow> seek(Key key, boolean locks) {
    Mapping mapping = of(key.machine());
    Object id = mapping == null ? null : mapping.table().id(key.key());
    if (mapping == null || id == null) {
      return null;
    }
    return locks ? mapping.rows().seek(id) : mapping.rows().peek(id);
  }

  /// Returns a mapped instance, if it exists, by what was found of it.
  ///
  /// @param stored what the store's own table has of it
  /// @param rows its row
  List<InstanceRow> over(Key key, List<InstanceRow> stored, List<MappedRow> rows) {
    var shown = new ArrayList<InstanceRow>(1);
    MappedRow row = rows.isEmpty() ? null : rows.getFirst();
    // The database may hold other texts for equal.
    boolean same = row != null && row.key().equals(key.key());
    add(shown, key, same ? row : null, stored.isEmpty() ? null : stored.getFirst());
    return shown;
  }

  private void add(
      List<InstanceRow> shown, Key key, @Nullable MappedRow row, @Nullable InstanceRow beside) {
    if (row != null) {
      shown.add(shown(key, row, beside));
    } else if (beside != null) {
      shown.add(gone(beside));
    }
  }

  /// Returns instances of a machine in the order of their keys, or of ids if they are mapped.
  List<InstanceRow> list(Session session, String machine, Page page) throws SQLException {
    Mapping mapping = of(machine);
    if (mapping != null) {
      return page(session, mapping, page);
    }
    String above = page.after() == null ? "" : page.after();
    String state = page.state();
    return state == null
        ? session.list("instance-page", Rows::instance, machine, above, page.limit())
        : session.list(
            "instance-page-in-state", Rows::instance, machine, state, above, page.limit());
  }

  private List<InstanceRow> page(Session session, Mapping mapping, Page page) throws SQLException {
    List<MappedRow> rows = mapping.rows().page(session, page.state(), page.after(), page.limit());
    var named = new LinkedHashMap<Key, MappedRow>();
    for (MappedRow row : rows) {
      Key key = key(mapping, row);
      if (key != null) {
        named.put(key, row);
      }
    }
    Map<Key, InstanceRow> own = new HashMap<>();
    own(session, named.keySet()).forEach(row -> own.put(row.key(), row));
    var shown = new ArrayList<InstanceRow>();
    named.forEach((key, row) -> shown.add(shown(key, row, own.get(key))));
    return shown;
  }

  /// Returns the key of a row, or null if its id is none that a key can have: too long, for
  /// example.
  private static @Nullable Key key(Mapping mapping, MappedRow row) {
    try {
      return new Key(mapping.table().machine(), row.key());
    } catch (DetentException e) {
      return null;
    }
  }

  /// Says which part of a list is wanted.
  record Page(@Nullable String state, @Nullable String after, int limit) {}

  private InstanceRow shown(Key key, MappedRow row, @Nullable InstanceRow beside) {
    return new InstanceRow(
        key,
        key.partition(partitions),
        row.state(),
        row.data(),
        beside == null ? 0 : beside.version(),
        beside == null ? "" : beside.definition(),
        ms(row.createdAt(), beside == null ? 0 : beside.createdAt()),
        ms(row.updatedAt(), beside == null ? 0 : beside.updatedAt()),
        ms(row.enteredAt(), beside == null ? 0 : beside.enteredAt()),
        beside == null ? 0 : beside.timers(),
        beside == null ? null : beside.invocation());
  }

  private static long ms(@Nullable Instant time, long otherwise) {
    return time == null ? otherwise : time.toEpochMilli();
  }

  private static InstanceRow gone(InstanceRow beside) {
    return with(beside, GONE);
  }

  private static InstanceRow with(InstanceRow row, String state) {
    return new InstanceRow(
        row.key(),
        row.partition(),
        state,
        "{}",
        row.version(),
        row.definition(),
        row.createdAt(),
        row.updatedAt(),
        row.enteredAt(),
        row.timers(),
        row.invocation());
  }

  /// Inserts a row whose id the database makes.
  Key insert(Session session, InstanceRow row) throws SQLException {
    String machine = row.key().machine();
    Mapping mapping = of(machine);
    if (mapping == null || mapping.table().ids() != MappedTable.Ids.DATABASE) {
      throw new SQLDataException(
          "machine " + machine + ": expected ids that the database makes, got given ones", "22018");
    }
    return new Key(machine, String.valueOf(mapping.writer().insert(session, row)));
  }

  /// Returns what the store's own table gets of a write: of a mapped instance no data.
  InstanceWrite beside(InstanceWrite write) {
    return of(write.row().key().machine()) == null
        ? write
        : new InstanceWrite(with(write.row(), write.row().state()), write.expected());
  }

  /// Returns what a batch writes to tables of the user's.
  ///
  /// @param guarded whether moves may carry what was seen of their rows
  MappedWrites writes(Batch batch, boolean guarded) {
    var writes = new MappedWrites();
    if (!byMachine.isEmpty()) {
      for (InstanceWrite write : batch.instances()) {
        Mapping mapping = of(write.row().key().machine());
        if (mapping != null) {
          writes.add(mapping, write, guarded);
        }
      }
    }
    return writes;
  }
}
