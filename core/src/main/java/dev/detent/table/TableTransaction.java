// SPDX-License-Identifier: Apache-2.0
package dev.detent.table;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.codec.Value;
import dev.detent.engine.CommandMethod;
import dev.detent.engine.Instance;
import dev.detent.engine.JoinedTransaction;
import dev.detent.engine.MoveOptions;
import dev.detent.engine.Moved;
import dev.detent.engine.ReferencedMethod;
import dev.detent.engine.Snapshot;
import dev.detent.machine.Machine;
import dev.detent.store.MappedTable;
import java.lang.reflect.Type;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Moves the instances of one machine in one transaction of the caller's.
///
/// An id is a `long`, a `String` or a `UUID`, as the table has it; of a machine that is not mapped
/// the key. What is said by [#metadata] and [#ifVersion] holds for what is called on the returned
/// object.
///
/// **Guarantees**: what is written was decided on the row as it is then; it stays locked until the
/// transaction ends. What is refused leaves no trace, and the transaction stays usable, as
/// [JoinedTransaction] says. The event and its offset are committed or rolled back with everything
/// else.
///
/// **Threads**: one, that of the connection.
///
/// **Errors**: [dev.detent.DetentException]; [Refusal#of] tells them apart.
///
/// @param <M> the machine's class
// Java tells a method that returns a Next from others by the shape, as in MachineClient; the type
// of
// an answer is what S or R was inferred from.
@SuppressWarnings({"overloads", "unchecked"})
public final class TableTransaction<M> {
  private final Machine machine;
  private final JoinedTransaction transaction;
  private final MoveOptions options;
  private final @Nullable RowGuard guard;

  TableTransaction(Machine machine, JoinedTransaction transaction) {
    this(machine, transaction, MoveOptions.NONE, null);
  }

  private TableTransaction(
      Machine machine,
      JoinedTransaction transaction,
      MoveOptions options,
      @Nullable RowGuard guard) {
    this.machine = machine;
    this.transaction = transaction;
    this.options = options;
    this.guard = guard;
  }

  private TableTransaction<M> with(MoveOptions said) {
    return new TableTransaction<>(machine, transaction, said, guard);
  }

  /// Returns the same, keeping something with the event of a move.
  public TableTransaction<M> metadata(Json said) {
    return with(options.metadata(said));
  }

  /// Returns the same, keeping bytes with the event of a move: it shows them as `{"base64":"…"}`.
  public TableTransaction<M> metadata(byte[] said) {
    return with(options.metadata(said));
  }

  /// Returns the same, refused unless the instance has had so many events, as [#read] tells.
  public TableTransaction<M> ifVersion(long version) {
    return with(options.version(version));
  }

  /// Returns the same, refused unless the row's own column of versions says so, for whoever has
  /// read the row by plain SQL. [#rowVersion] tells it too.
  ///
  /// @throws dev.detent.RefusedException BAD_REQUEST if the table has no such column
  public TableTransaction<M> ifRowVersion(long version) {
    requireVersions();
    return new TableTransaction<>(machine, transaction, options, new RowGuard(version));
  }

  /// Returns what the row's own column of versions says, 0 for null, and locks the row; null if
  /// there is none.
  ///
  /// @throws dev.detent.RefusedException BAD_REQUEST if the table has no such column
  public @Nullable Long rowVersion(Object id) {
    requireVersions();
    return transaction.rowVersion(key(id));
  }

  /// Locks several instances at once, in the order that all keep to: so no two transactions wait
  /// for each other.
  public void lock(Object... ids) {
    transaction.lock(Arrays.stream(ids).map(this::key).toArray(Key[]::new));
  }

  /// Returns an instance as it is in this transaction, and locks it; null if there is none.
  public @Nullable Snapshot read(Object id) {
    Instance found = transaction.read(key(id));
    return found == null ? null : Snapshot.of(found, machine);
  }

  /// Creates a row whose id the database makes.
  ///
  /// @param state a record of a state in which rows may begin
  /// @return the id
  public long create(Object state) {
    String name = state.getClass().getSimpleName();
    Value value = Value.of(state, machine.codec());
    return id(transaction.insert(requireIds(), name, value, options));
  }

  /// Creates an instance of a given id.
  ///
  /// @param id its id
  /// @param state a record of a state in which instances may begin
  public Snapshot create(Object id, Object state) {
    String name = state.getClass().getSimpleName();
    Value value = Value.of(state, machine.codec());
    return shown(transaction.create(unmoved(id, true), name, value, options));
  }

  /// Creates a row whose id the database makes, by a creating transition.
  ///
  /// @return the id
  public <I, S> long create(CommandMethod.Move1<M, I, S> command, I input) {
    ReferencedMethod method = ReferencedMethod.of(command);
    Json written = machine.codec().write(input, method.parameter(0));
    return id(transaction.insert(requireIds(), method.command(), written, options));
  }

  /// Moves an instance to a state that the caller brings, along a declared transition.
  ///
  /// @param id its id
  /// @param from the state that it is expected to be in
  /// @param to a record of the state that it enters
  public Snapshot move(Object id, Class<?> from, Object to) {
    String name = to.getClass().getSimpleName();
    Value value = Value.of(to, machine.codec());
    return shown(transaction.move(unmoved(id, false), from.getSimpleName(), name, value, options));
  }

  /// Runs the transition of a command, which must be a pure one.
  ///
  /// @param id the instance's id
  /// @param command the command's name
  /// @param input its input, or null for none
  public Snapshot call(Object id, String command, @Nullable Object input) {
    Json written = input == null ? Json.NULL : machine.codec().write(input);
    return shown(transaction.call(unmoved(id, false), command, written, options));
  }

  /// Runs `command(from)`.
  public <F, S> S call(Object id, CommandMethod.Move1<M, F, S> command) {
    return (S) answer(id, ReferencedMethod.of(command), Json.NULL);
  }

  /// Runs `command(from)`; the method answers by a `Next`.
  public <F, R> R call(Object id, CommandMethod.Reply1<M, F, R> command) {
    return (R) answer(id, ReferencedMethod.of(command), Json.NULL);
  }

  /// Runs `create(input)`.
  public <I, S> S call(Object id, CommandMethod.Move1<M, I, S> command, I input) {
    ReferencedMethod method = ReferencedMethod.of(command);
    return (S) answer(id, method, machine.codec().write(input, method.parameter(0)));
  }

  /// Runs `command(from, input)`.
  public <F, I, S> S call(Object id, CommandMethod.Move2<M, F, I, S> command, I input) {
    ReferencedMethod method = ReferencedMethod.of(command);
    return (S) answer(id, method, machine.codec().write(input, method.parameter(1)));
  }

  /// Runs `command(from, input)`; the method answers by a `Next`.
  public <F, I, R> R call(Object id, CommandMethod.Reply2<M, F, I, R> command, I input) {
    ReferencedMethod method = ReferencedMethod.of(command);
    return (R) answer(id, method, machine.codec().write(input, method.parameter(1)));
  }

  /// Runs `command(from, key or time)`.
  public <F, X, S> S call(Object id, CommandMethod.Move2<M, F, X, S> command) {
    return (S) answer(id, ReferencedMethod.of(command), Json.NULL);
  }

  /// Runs `command(from, input, key or time)`.
  public <F, I, X, S> S call(Object id, CommandMethod.Move3<M, F, I, X, S> command, I input) {
    ReferencedMethod method = ReferencedMethod.of(command);
    return (S) answer(id, method, machine.codec().write(input, method.parameter(1)));
  }

  private Object answer(Object id, ReferencedMethod method, Json input) {
    Moved moved = transaction.call(unmoved(id, false), method.command(), input, options);
    Type type = method.answer();
    Class<?> state = state(moved);
    return type instanceof Class<?> c && c.isAssignableFrom(state)
        ? moved.instance().value().as(state, machine.codec())
        : machine.codec().read(moved.output(), type);
  }

  private Class<?> state(Moved moved) {
    var declared = machine.states().get(moved.instance().state());
    Class<?> type = declared == null ? null : declared.type();
    return type == null ? Json.class : type;
  }

  private Snapshot shown(Moved moved) {
    return Snapshot.of(moved.instance(), machine);
  }

  private String requireIds() {
    MappedTable table = machine.table();
    if (table == null || table.ids() != MappedTable.Ids.DATABASE) {
      throw Problem.of(
              ErrorCode.BAD_REQUEST,
              "machine "
                  + machine.name()
                  + ": expected a table whose ids the database makes, got "
                  + (table == null ? "no table" : "ids that are given")
                  + "; say the id")
          .with("machine", machine.name())
          .exception();
    }
    return machine.name();
  }

  private void requireVersions() {
    MappedTable table = machine.table();
    if (table == null || table.stamps().version() == null) {
      throw Problem.of(
              ErrorCode.BAD_REQUEST,
              "machine "
                  + machine.name()
                  + ": expected a table with a column of versions, got "
                  + (table == null ? "no table" : "none")
                  + "; name it by @Table(version = …), or use ifVersion")
          .with("machine", machine.name())
          .exception();
    }
  }

  /// Returns the key of an instance whose row is what the caller read of it.
  private Key unmoved(Object id, boolean creates) {
    Key key = key(id);
    if (guard != null) {
      guard.require(transaction, key, creates);
    }
    return key;
  }

  private static long id(Moved moved) {
    return Long.parseLong(moved.instance().key().key());
  }

  private Key key(Object id) {
    return new Key(machine.name(), id.toString());
  }
}
