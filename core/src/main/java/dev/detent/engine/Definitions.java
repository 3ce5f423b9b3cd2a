// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.machine.DocumentMachine;
import dev.detent.machine.Machine;
import dev.detent.store.MachineRow;
import dev.detent.store.Store;
import dev.detent.store.Stranded;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Holds the definitions that the engine runs, and keeps the store's copies of them.
///
/// **Threads**: reading is safe for any number of threads; changes are made one at a time.
final class Definitions {
  private static final System.Logger LOG = System.getLogger(Definitions.class.getName());

  private final Store store;
  private volatile Map<String, Machine> machines = Map.of();

  Definitions(Store store) {
    this.store = store;
  }

  /// Takes the machines that the application brings, and those that the store has as JSON.
  ///
  /// @throws dev.detent.RefusedException DEFINITION_CONFLICT if one would strand live instances;
  ///   INVALID_DEFINITION if a table does not fit
  void start(List<Machine> brought) {
    store.map(brought.stream().map(Machine::table).filter(Objects::nonNull).toList());
    Map<String, MachineRow> known = new TreeMap<>();
    store.machines().forEach(row -> known.put(row.name(), row));
    for (Machine machine : brought) {
      MachineRow before = known.remove(machine.name());
      if (before == null || !before.equals(row(machine))) {
        boolean grown = before != null && before.kind().equals(kind(machine));
        List<Stranded> stranded = machine.open() ? writeOpen(machine, grown) : write(machine);
        if (!stranded.isEmpty()) {
          throw conflict(machine, stranded).exception();
        }
      }
      add(machine);
    }
    known.values().forEach(this::restore);
  }

  /// Takes note of what other nodes have defined since.
  ///
  /// @throws dev.detent.store.StoreException if the store can't be read
  void refresh() {
    if (store.exclusive()) {
      return;
    }
    for (MachineRow row : store.machines()) {
      Machine here = machines.get(row.name());
      boolean json = row.kind().equals("json");
      if (json && (here == null || (here.kind() == Machine.Kind.JSON && !row.equals(row(here))))) {
        restore(row);
      }
    }
  }

  /// Returns the hashes of the definitions by name, as JSON.
  String hashes() {
    var hashes = new TreeMap<String, String>();
    machines.forEach((name, machine) -> hashes.put(name, machine.hash()));
    return dev.detent.codec.Codec.standard().write(hashes).text();
  }

  /// Returns a machine, or null if there is none of that name.
  @Nullable Machine find(String name) {
    return machines.get(name);
  }

  /// Tells whether instances are rows of a table of the user's, who may write to it at any time.
  boolean mapped(Key key) {
    Machine machine = machines.get(key.machine());
    return machine != null && machine.table() != null;
  }

  /// Returns all machines by name.
  Map<String, Machine> all() {
    return machines;
  }

  /// Refuses a definition that may not replace the one that is there.
  void requireReplaceable(Machine machine) {
    Machine before = machines.get(machine.name());
    if (before != null
        && before.kind() != Machine.Kind.JSON
        && machine.kind() == Machine.Kind.JSON) {
      throw Problem.of(
              ErrorCode.DEFINITION_CONFLICT,
              "machine "
                  + machine.name()
                  + ": expected a name that is free or defined by JSON, got one that is defined by "
                  + kind(before)
                  + "; choose another name")
          .with("machine", machine.name())
          .exception();
    }
  }

  /// Writes a definition to the store.
  ///
  /// @return what it would strand; empty means that it is written
  List<Stranded> write(Machine machine) {
    return store.define(row(machine), machine.states().keySet());
  }

  /// Writes the definition of a machine whose states are not declared.
  ///
  /// @param grown whether the instances that there are were made by such a machine
  private List<Stranded> writeOpen(Machine machine, boolean grown) {
    return store.define(row(machine), grown ? store.counts(machine.name()).keySet() : Set.of());
  }

  /// Uses a definition from now on.
  synchronized void add(Machine machine) {
    var more = new TreeMap<>(machines);
    more.put(machine.name(), machine);
    machines = Collections.unmodifiableMap(more);
  }

  /// Says that a definition would strand live instances.
  static Problem conflict(Machine machine, List<Stranded> stranded) {
    var text = new StringBuilder("machine ").append(machine.name());
    text.append(": expected every state that live instances are in, but the definition lacks ");
    String comma = "";
    for (Stranded one : stranded) {
      text.append(comma).append(one.state()).append(" (").append(one.count());
      text.append(one.count() == 1 ? " instance: " : " instances: ");
      text.append(String.join(", ", one.keys())).append(one.count() > 3 ? ", …)" : ")");
      comma = ", ";
    }
    text.append("; keep the state until they have left it");
    return Problem.of(ErrorCode.DEFINITION_CONFLICT, text.toString())
        .with("machine", machine.name())
        .with("stranded", stranded.stream().map(Definitions::members).toList());
  }

  private static Map<String, Object> members(Stranded one) {
    var members = new java.util.LinkedHashMap<String, Object>();
    members.put("state", one.state());
    members.put("count", one.count());
    members.put("keys", one.keys());
    return members;
  }

  private void restore(MachineRow row) {
    Machine builtIn = DocumentMachine.machine();
    if (row.kind().equals("json")) {
      add(Machine.parse(row.name(), Json.trusted(row.definition())));
    } else if (row.kind().equals(kind(builtIn)) && row.name().equals(builtIn.name())) {
      add(builtIn); // a server brought it; whoever opens its store knows it too
    } else {
      LOG.log(
          System.Logger.Level.WARNING,
          "machine {0} is in the store, but its code ({1}) is not here: its instances rest",
          row.name(),
          row.kind());
    }
  }

  private static MachineRow row(Machine machine) {
    return new MachineRow(
        machine.name(), kind(machine), machine.hash(), machine.definition().text());
  }

  private static String kind(Machine machine) {
    return machine.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
