// SPDX-License-Identifier: Apache-2.0
package dev.detent.table;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.engine.Detent;
import dev.detent.engine.JoinedTransaction;
import dev.detent.machine.Machine;
import dev.detent.store.MappedTable;
import dev.detent.store.Store;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Lets an application move instances inside its own transactions.
///
/// ```java
/// var payments = Tables.open(store).machine(new PaymentMachine());
/// connection.setAutoCommit(false);
/// long id = payments.in(connection).create(new Created("user123"));
/// payments.in(connection).move(id, Created.class, new Pending());
/// connection.commit();
/// ```
///
/// No engine needs to run: any number of threads and processes may do this at once, each with
/// connections of its own, and beside engines that serve the same instances. It is meant for
/// machines that are mapped to tables, and works for all others: their instances are rows of
/// `detent_instance`.
///
/// **Threads**: safe for any number of threads.
public final class Tables {
  private final @Nullable Store store;
  private final Function<Connection, JoinedTransaction> joins;
  private final Map<String, Machine> machines;

  private Tables(
      @Nullable Store store,
      Function<Connection, JoinedTransaction> joins,
      Map<String, Machine> machines) {
    this.store = store;
    this.joins = joins;
    this.machines = machines;
  }

  /// Begins without an engine.
  ///
  /// @param store where the instances are; it stays open
  public static Tables open(Store store) {
    Map<String, Machine> machines = new ConcurrentHashMap<>();
    return new Tables(
        store, connection -> JoinedTransaction.of(store, machines::get, connection), machines);
  }

  /// Begins with an engine that runs here.
  ///
  /// @param detent the engine; its machines are known already
  public static Tables of(Detent detent) {
    return new Tables(null, detent::join, detent.engine().machines());
  }

  /// Returns a client of the machine of an annotated object, and makes the machine known if no
  /// engine runs.
  ///
  /// @throws dev.detent.RefusedException INVALID_DEFINITION with all `problems`: of the definition,
  ///   or of a table that does not fit it
  public <M> TableClient<M> machine(M annotated) {
    return client(Machine.of(annotated));
  }

  /// Returns a client of a machine, however it was defined, and makes it known if no engine runs.
  ///
  /// @throws dev.detent.RefusedException INVALID_DEFINITION with all `problems` of a table that
  ///   does not fit
  public TableClient<?> machine(Machine machine) {
    return client(machine);
  }

  private <M> TableClient<M> client(Machine machine) {
    if (store != null) {
      MappedTable table = machine.table();
      if (table != null) {
        store.map(List.of(table));
      }
      machines.put(machine.name(), machine);
    } else if (!machines.containsKey(machine.name())) {
      throw Problem.of(
              ErrorCode.NOT_FOUND,
              "machine "
                  + machine.name()
                  + ": expected it to run here, got only "
                  + String.join(", ", machines.keySet()))
          .with("what", "machine")
          .with("machine", machine.name())
          .exception();
    }
    return new TableClient<>(machine, joins);
  }
}
