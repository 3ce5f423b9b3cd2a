// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.machine.Machine;
import dev.detent.store.MappedTable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Knows which keys can be ids of rows of a table of the user's.
final class MappedKeys {
  /// Stands for the key of a row whose id the database will make.
  static final String UNMADE = "new";

  private MappedKeys() {}

  /// Returns why a key can't be an id, or null if it can or the machine is not mapped.
  static @Nullable Problem misfit(Machine machine, Key key) {
    MappedTable table = machine.table();
    if (table == null || table.id(key.key()) != null || unmade(machine, key)) {
      return null;
    }
    return Problem.of(ErrorCode.INVALID_INPUT, key + ": " + expected(table, key))
        .at(key)
        .with("path", "");
  }

  private static String expected(MappedTable table, Key key) {
    return "expected a key that is %s, got '%s'; it is the id of a row of table %s"
        .formatted(table.ids().words(), key.key(), table.name());
  }

  /// Says how an instance that there is not would come to be.
  static String creation(Machine machine, Key key) {
    MappedTable table = machine.table();
    String commands = "create it with one of: " + String.join(", ", machine.allowed(null));
    if (table == null) {
      return commands;
    }
    if (table.id(key.key()) == null) {
      return expected(table, key);
    }
    return table.ids() == MappedTable.Ids.DATABASE
        ? "the database makes its id, so " + commands + ", in a transaction of yours"
        : commands;
  }

  /// Tells whether the database will make the id.
  static boolean unmade(Machine machine, Key key) {
    MappedTable table = machine.table();
    return table != null && table.ids() == MappedTable.Ids.DATABASE && key.key().equals(UNMADE);
  }

  /// Returns why a row of this key can't be created, or null if it can: what makes ids is the
  /// database, not the caller.
  static @Nullable Problem uncreatable(Machine machine, Key key) {
    Problem misfit = misfit(machine, key);
    if (misfit != null) {
      return misfit;
    }
    MappedTable table = machine.table();
    if (table == null || table.ids() != MappedTable.Ids.DATABASE || unmade(machine, key)) {
      return null;
    }
    return unmakeable(table, key);
  }

  /// Says that the engine can't create a row whose id the database would make.
  static Problem unmakeable(Machine machine, Key key) {
    return unmakeable(Objects.requireNonNull(machine.table(), machine.name()), key);
  }

  private static Problem unmakeable(MappedTable table, Key key) {
    return Problem.of(
            ErrorCode.BAD_REQUEST,
            "%s: expected an id that the database makes, since there is no such row of table %s,"
                    .formatted(key, table.name())
                + " got a given one; create it in a transaction of yours")
        .at(key);
  }

  /// Tells whether an instance is a row, perhaps one that has had no event.
  static boolean exists(Machine machine, @Nullable Instance current) {
    return machine.table() != null && current != null;
  }
}
