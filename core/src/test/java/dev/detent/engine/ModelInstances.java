// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.store.InstanceRow;
import dev.detent.store.InstanceWrite;
import dev.detent.store.Seen;
import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Keeps instances in memory: of mapped ones the row of the user's, which anybody may write to, and
/// beside it what the user's table has no place for.
final class ModelInstances {
  private final Map<Key, InstanceRow> own = new HashMap<>();
  private final Map<Key, Row> rows = new HashMap<>();
  private final Truth truth;
  private final Mutant mutant;

  /// Holds a row of the user's.
  ///
  /// @param state the name of its state
  /// @param data what its columns hold, as JSON
  record Row(String state, String data) {}

  ModelInstances(Truth truth, Mutant mutant) {
    this.truth = truth;
    this.mutant = mutant;
  }

  /// Tells whether an instance is a row of the user's.
  static boolean mapped(Key key) {
    return key.machine().equals("bill");
  }

  /// Returns an instance as a read shows it, or null if there is none.
  @Nullable InstanceRow find(Key key) {
    InstanceRow beside = own.get(key);
    if (!mapped(key)) {
      return beside;
    }
    Row row = rows.get(key);
    if (row != null) {
      return shown(key, row, beside);
    }
    return beside == null ? null : shown(key, new Row(Instance.DELETED, "{}"), beside);
  }

  List<InstanceRow> find(Collection<Key> keys) {
    return keys.stream().map(this::find).filter(Objects::nonNull).toList();
  }

  List<InstanceRow> all() {
    var keys = new TreeSet<>(java.util.Comparator.comparing(Key::toString));
    keys.addAll(own.keySet());
    keys.addAll(rows.keySet());
    return find(keys);
  }

  private static InstanceRow shown(Key key, Row row, @Nullable InstanceRow beside) {
    return new InstanceRow(
        key,
        key.partition(ModelStore.PARTITIONS),
        row.state(),
        row.data(),
        beside == null ? 0 : beside.version(),
        beside == null ? "" : beside.definition(),
        beside == null ? 0 : beside.createdAt(),
        beside == null ? 0 : beside.updatedAt(),
        beside == null ? 0 : beside.enteredAt(),
        beside == null ? 0 : beside.timers(),
        null);
  }

  /// Refuses what was decided on something else than there is.
  void require(InstanceWrite write) {
    Key key = write.row().key();
    InstanceRow stored = own.get(key);
    if ((stored == null ? 0 : stored.version()) != write.expected()) {
      throw new StoreException(Kind.FENCED, "simulated version of " + key, null);
    }
    Seen seen = write.seen();
    if (seen == null || !mapped(key) || mutant == Mutant.GUARDS_LOST) {
      return;
    }
    Row row = rows.get(key);
    boolean same =
        row == null
            ? seen.state() == null
            : row.state().equals(seen.state()) && row.data().equals(seen.data());
    if (!same) {
      throw StoreException.changed(key, "simulated change of " + key + " to " + row);
    }
  }

  /// Writes an instance.
  void put(InstanceRow row) {
    own.put(row.key(), row);
    if (mapped(row.key())) {
      rows.put(row.key(), new Row(row.state(), row.data()));
    }
  }

  /// Writes to a row as somebody does who knows only SQL.
  ///
  /// @param row what it holds then, or null if it is deleted
  void edit(Key key, @Nullable Row row) {
    if (row == null) {
      rows.remove(key);
    } else {
      rows.put(key, row);
    }
    truth.edited(key, row);
  }
}
