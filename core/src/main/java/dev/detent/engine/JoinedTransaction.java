// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.codec.Value;
import dev.detent.machine.Machine;
import dev.detent.machine.Outcome;
import dev.detent.machine.Situation;
import dev.detent.store.ConsumerSql;
import dev.detent.store.EventRow;
import dev.detent.store.Glance;
import dev.detent.store.Joined;
import dev.detent.store.PartitionRow;
import dev.detent.store.Seen;
import dev.detent.store.Sight;
import dev.detent.store.Store;
import dev.detent.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Moves instances in a transaction of the caller's own: what it does is committed or rolled back
/// together with whatever else the transaction does, its events and their offsets too.
///
/// No engine needs to run. If one runs, in this process or another, both are right at once: the
/// partitions of what was moved are locked here until the transaction ends, and the engine goes on
/// with the others meanwhile.
///
/// **Guarantees**: decides as the engine does; what is written was decided on what is there when it
/// is written. The code of a transition may run a second time, on what somebody else has changed
/// meanwhile. What is refused leaves no trace, and the transaction stays usable. Only on PostgreSQL
/// a rule that a table got after its machine was made known ends it, as with any statement.
///
/// **Threads**: one, that of the connection. Until the transaction ends, calls of an engine about
/// instances of the same partitions wait for it: within [Detent#transaction] they are refused on
/// the thread that would wait for itself.
///
/// **Errors**: [DetentException]. NOT_FOUND: no such instance; TRANSITION_NOT_ALLOWED: it is in
/// another state, named in `state`, or, where `declared` is false, the definition has no such
/// transition; VERSION_MISMATCH; ALREADY_EXISTS; INVALID_INPUT: what it is to hold does not fit;
/// OVERLOADED: a handler runs on it, try again when that has ended; UNAVAILABLE: roll back and run
/// the whole transaction again, as after a deadlock. To be safe of deadlocks with other callers,
/// [#lock] all instances first.
public final class JoinedTransaction {
  private static final ScopedValue<Boolean> OPEN = ScopedValue.newInstance();

  private final Store store;
  private final Function<String, @Nullable Machine> machines;
  private final Connection connection;
  private final Joined joined;
  private final TreeMap<Integer, Long> offsets = new TreeMap<>();

  private JoinedTransaction(
      Store store,
      Function<String, @Nullable Machine> machines,
      Connection connection,
      Joined joined) {
    this.store = store;
    this.machines = machines;
    this.connection = connection;
    this.joined = joined;
  }

  /// Takes part in a transaction that the caller began and will end.
  ///
  /// @param store where the instances are
  /// @param machines returns the definition of a name, or null
  /// @param connection a connection to the store's database, not in auto-commit; on SQLite one
  ///   whose transactions begin as IMMEDIATE
  public static JoinedTransaction of(
      Store store, Function<String, @Nullable Machine> machines, Connection connection) {
    Joined joined = stored(() -> store.join(connection));
    return new JoinedTransaction(store, machines, connection, joined);
  }

  /// Runs something in a transaction of the store's own.
  ///
  /// @param after hears which partitions have new events, and the last offset of each
  static <T extends @Nullable Object, E extends Exception> T run(
      Store store,
      Function<String, @Nullable Machine> machines,
      Transacting<T, E> work,
      java.util.function.Consumer<Map<Integer, Long>> after)
      throws E {
    requireNone();
    var offsets = new TreeMap<Integer, Long>();
    T result;
    try {
      result =
          store.transaction((connection, joined) -> {
            var transaction = new JoinedTransaction(store, machines, connection, joined);
            T value = ScopedValue.where(OPEN, true).call(() -> work.run(transaction));
            offsets.putAll(transaction.offsets);
            return value;
          });
    } catch (StoreException e) {
      throw DetentException.of(problem(e), e);
    } catch (Exception e) {
      @SuppressWarnings("unchecked") // The work throws nothing else that is checked.
      E thrown = (E) e;
      throw thrown;
    }
    after.accept(offsets);
    return result;
  }

  private static void requireNone() {
    if (OPEN.isBound()) {
      throw Problem.of(
              ErrorCode.BAD_REQUEST,
              "transaction: expected none that is open on this thread, got one, for which it would"
                  + " wait; use that one")
          .exception();
    }
  }

  /// Runs a consumer's SQL so that clients of the engine are refused within it.
  static ConsumerSql within(ConsumerSql sql) {
    return connection ->
        ScopedValue.where(OPEN, true)
            .<@Nullable Void, Exception>call(() -> {
              sql.run(connection);
              return null;
            });
  }

  /// Tells whether a transaction of Detent's is open on this thread: whoever waits for an engine
  /// there may wait for its own locks.
  static boolean isOpen() {
    return OPEN.isBound();
  }

  /// Returns the transaction's connection, for the caller's own SQL.
  public Connection connection() {
    return connection;
  }

  /// Locks the partitions of several instances at once, in the order that all keep to.
  public void lock(Key... keys) {
    var partitions = new TreeSet<Integer>();
    Arrays.stream(keys).forEach(key -> partitions.add(key.partition(store.partitions())));
    List<PartitionRow> _ = stored(() -> joined.lock(partitions));
  }

  /// Locks all partitions: nobody else moves anything until the transaction ends.
  void lockAll() {
    List<Integer> all = IntStream.range(0, store.partitions()).boxed().toList();
    List<PartitionRow> _ = stored(() -> joined.lock(all));
  }

  /// Lists instances of a machine, as this transaction sees them; see [Joined#list].
  List<Instance> list(String machine, @Nullable String after, int limit) {
    return stored(() -> joined.list(machine, after, limit)).stream().map(Instance::of).toList();
  }

  /// Returns an instance as it is in this transaction, or as an untouched one is; null if there is
  /// none. It stays locked.
  public @Nullable Instance read(Key key) {
    Machine machine = machine(key);
    return Kernel.present(machine, look(key).instance(), key);
  }

  /// Returns what the table's own column of versions says of a row, and locks the row; null if
  /// there is none.
  ///
  /// @param key an instance of a mapped machine whose table has such a column
  public @Nullable Long rowVersion(Key key) {
    lock(key);
    // A plain supplier: what is found may be null.
    Supplier<@Nullable Long> version = () -> joined.rowVersion(key);
    return stored(version);
  }

  /// Runs the transition of a command. It must be a pure one: a durable handler outlives the
  /// transaction.
  ///
  /// @param input the command's input; `null` in JSON for none
  public Moved call(Key key, String command, Json input, MoveOptions options) {
    Machine machine = machine(key);
    var wish = new Wish(key, command, input, options.precondition());
    return decide(
        machine,
        key,
        (instance, at) -> Kernel.command(machine, instance, wish, at),
        new Said(command, input, options.metadata()));
  }

  /// Moves an instance along a declared transition to a state that the caller brings.
  ///
  /// @param from the state that it leaves, or null for whatever it is in
  /// @param to the state that it enters
  /// @param value what it holds there
  public Moved move(Key key, @Nullable String from, String to, Value value, MoveOptions options) {
    Machine machine = machine(key);
    var entering = new Entering(key, from, to, fitting(machine, to, value), options.precondition());
    return decide(
        machine,
        key,
        (instance, at) -> entering.decide(machine, instance, at),
        new Said(null, value.json(), options.metadata()));
  }

  /// Creates an instance in a state that the caller brings.
  ///
  /// @param state a state in which instances may begin
  /// @param value what it holds there
  public Moved create(Key key, String state, Value value, MoveOptions options) {
    Machine machine = machine(key);
    var entering =
        new Entering(key, null, state, fitting(machine, state, value), options.precondition());
    return decide(
        machine,
        key,
        (instance, at) -> entering.create(machine, instance, at),
        new Said(null, value.json(), options.metadata()));
  }

  /// Creates a row of the user's table whose id the database makes, in a state that the caller
  /// brings.
  ///
  /// @param machine the machine's name; its table makes ids
  /// @param state a state in which instances may begin
  /// @param value what it holds there
  public Moved insert(String machine, String state, Value value, MoveOptions options) {
    Key unmade = new Key(machine, MappedKeys.UNMADE);
    Machine definition = machine(unmade);
    Value fitting = fitting(definition, state, value);
    var entering = new Entering(unmade, null, state, fitting, options.precondition());
    Decision decision = entering.create(definition, null, store.now());
    return insert(definition, decision, new Said(null, value.json(), options.metadata()));
  }

  /// Creates a row of the user's table whose id the database makes, by a creating transition. That
  /// sees the key `new`.
  ///
  /// @param machine the machine's name; its table makes ids
  /// @param command the command
  /// @param input its input; `null` in JSON for none
  public Moved insert(String machine, String command, Json input, MoveOptions options) {
    Key unmade = new Key(machine, MappedKeys.UNMADE);
    Machine definition = machine(unmade);
    var wish = new Wish(unmade, command, input, options.precondition());
    Decision decision = Kernel.command(definition, null, wish, store.now());
    return insert(definition, decision, new Said(command, input, options.metadata()));
  }

  /// Inserts first, since only then the id and its partition are known.
  private Moved insert(Machine machine, Decision decision, Said said) {
    if (!(decision instanceof Decision.Move draft)) {
      return locked(machine, draftKey(machine), (_, _) -> decision, said);
    }
    Savepoint undo = savepoint();
    boolean whole = false;
    try {
      Key key = stored(() -> joined.insert(Moves.stored(draft.next(), 0)));
      Found found = look(key);
      Instance row = Objects.requireNonNull(found.instance(), "the row that was inserted");
      Decision.Move move = draft.of(key, row.version(), found.at());
      Moved moved = moved(machine, found, move, said, Seen.INSERTED);
      connection.releaseSavepoint(undo);
      whole = true;
      return moved;
    } catch (SQLException e) {
      throw unusable(e);
    } finally {
      if (!whole) {
        undo(undo);
      }
    }
  }

  private static Key draftKey(Machine machine) {
    return new Key(machine.name(), MappedKeys.UNMADE);
  }

  /// Holds what the caller said, for the event.
  ///
  /// @param command the command, or null for that of the transition
  private record Said(@Nullable String command, Json input, @Nullable Json metadata) {
    String command(Machine machine, Decision.Move move) {
      if (command != null) {
        return command;
      }
      for (String each : machine.allowed(move.from())) {
        var transition = machine.transition(move.from(), each);
        if (transition != null && transition.to().contains(move.next().state())) {
          return each;
        }
      }
      return move.next().state();
    }
  }

  /// Shows an instance under its lock.
  ///
  /// @param at the time of a decision: not before the last event of the partition
  private record Found(
      PartitionRow partition, @Nullable Instance instance, boolean busy, long at) {}

  private Machine machine(Key key) {
    Machine machine = machines.apply(key.machine());
    if (machine == null) {
      throw Refusals.noMachine(key.machine()).exception();
    }
    return machine;
  }

  /// Makes sure that a value which is JSON only is what its state's record can be read from.
  private static Value fitting(Machine machine, String state, Value value) {
    var declared = machine.states().get(state);
    Class<?> type = declared == null ? null : declared.type();
    return type == null || value.is(type)
        ? value
        : Value.of(machine.codec().read(value.json(), type), machine.codec());
  }

  private Found look(Key key) {
    Sight sight = stored(() -> joined.look(List.of(key)));
    PartitionRow partition = sight.partitions().getFirst();
    Instance instance =
        sight.instances().isEmpty() ? null : Instance.of(sight.instances().getFirst());
    long last = sight.lastAt().getOrDefault(partition.partition(), 0L);
    return new Found(partition, instance, sight.busy().contains(key), Math.max(last, store.now()));
  }

  /// Decides on what an instance is.
  private interface Deciding {
    Decision decide(@Nullable Instance instance, long at);
  }

  /// Decides on a plain read first: a move that is written only if that still holds needs no locks
  /// before. Whatever else comes of it is decided under locks.
  private Moved decide(Machine machine, Key key, Deciding decides, Said said) {
    boolean plain = !machine.validations().looksAtWritten();
    Glance seen = plain ? stored(() -> joined.glance(key)) : null;
    Moved moved = seen == null ? null : unlocked(machine, seen, decides, said);
    return moved == null ? locked(machine, key, decides, said) : moved;
  }

  private @Nullable Moved unlocked(Machine machine, Glance seen, Deciding decides, Said said) {
    Instance before = Instance.of(seen.instance());
    Decision decision = decides.decide(before, Math.max(seen.lastAt(), store.now()));
    if (!(decision instanceof Decision.Move move) || !move.timeouts().isEmpty()) {
      return null;
    }
    Seen row = machine.table() == null ? null : Moves.seen(before);
    var written = new JoinedMove(seen.stored().partition(), before, move, row);
    String command = said.command(machine, move);
    EventRow draft = written.event(0, command, said.input(), said.metadata());
    long offset = stored(() -> joined.move(seen, written.write(), draft));
    return offset == 0
        ? null
        : moved(move, written.event(offset, command, said.input(), said.metadata()));
  }

  private Moved moved(Decision.Move move, EventRow event) {
    offsets.put(event.offset().partition(), event.offset().offset());
    return new Moved(move.next(), event, move.output());
  }

  private Moved locked(Machine machine, Key key, Deciding decides, Said said) {
    Found found = look(key);
    if (found.busy()) {
      throw busy(key).exception();
    }
    return switch (decides.decide(found.instance(), found.at())) {
      case Decision.Move move -> {
        Seen seen = machine.table() == null ? null : Moves.seen(found.instance());
        yield moved(machine, found, move, said, seen);
      }
      case Decision.Stay stay -> new Moved(stay.seen(), null, stay.output());
      case Decision.Refuse refuse -> throw refuse.problem().exception();
      case Decision.Begin _ -> throw durable(key).exception();
      case Decision.Show _, Decision.Forget _ ->
          throw new IllegalStateException("not an answer to a command");
    };
  }

  private Moved moved(
      Machine machine, Found found, Decision.Move move, Said said, @Nullable Seen seen) {
    String command = said.command(machine, move);
    PartitionRow partition = found.partition();
    var written = new JoinedMove(partition.partition(), found.instance(), move, seen);
    long offset = partition.lastOffset() + 1;
    EventRow event = written.event(offset, command, said.input(), said.metadata());
    Savepoint undo = machine.validations().looksAtWritten() ? savepoint() : null;
    stored(() -> {
      joined.write(written.batch(partition, event));
      return true;
    });
    if (undo != null) {
      validate(machine, found, move, undo);
    }
    return moved(move, event);
  }

  private void validate(Machine machine, Found found, Decision.Move move, Savepoint undo) {
    Instance before = found.instance();
    var situation =
        new Situation(
            move.next().key(),
            move.from(),
            before == null ? null : before.value(),
            Json.NULL,
            Instant.ofEpochMilli(found.at()));
    var outcome = new Outcome.Move(move.next().state(), move.next().value(), null);
    try {
      machine.validations().written(situation, outcome, connection);
      connection.releaseSavepoint(undo);
    } catch (SQLException e) {
      throw unusable(e);
    } catch (DetentException e) {
      undo(undo);
      throw DetentException.of(e.problem().at(move.next().key()), e);
    }
  }

  private Savepoint savepoint() {
    try {
      return connection.setSavepoint();
    } catch (SQLException e) {
      throw unusable(e);
    }
  }

  private void undo(Savepoint savepoint) {
    try {
      connection.rollback(savepoint);
    } catch (SQLException e) {
      throw unusable(e);
    }
  }

  private static DetentException unusable(SQLException e) {
    return DetentException.of(
        Problem.of(
            ErrorCode.UNAVAILABLE,
            "transaction: expected one that is open and whole, got '%s'; roll back and run it again"
                .formatted(e.getMessage())),
        e);
  }

  private static Problem busy(Key key) {
    return Problem.of(
            ErrorCode.OVERLOADED,
            key
                + ": expected no handler that runs on it, got one; roll back and try again when it"
                + " has ended")
        .at(key);
  }

  private static Problem durable(Key key) {
    return Problem.of(
            ErrorCode.BAD_REQUEST,
            key
                + ": expected a pure transition, got a durable handler, which outlives any"
                + " transaction; call it by a client, outside of the transaction")
        .at(key);
  }

  private static <T extends @Nullable Object> T stored(Supplier<T> work) {
    try {
      return work.get();
    } catch (StoreException e) {
      throw DetentException.of(problem(e), e);
    }
  }

  private static Problem problem(StoreException e) {
    ErrorCode code =
        switch (e.kind()) {
          case FENCED, LOCKED, UNAVAILABLE -> ErrorCode.UNAVAILABLE;
          case REJECTED -> Refusals.rejected(e);
          case UNKNOWN -> ErrorCode.OUTCOME_UNKNOWN;
        };
    return Problem.of(code, Trouble.text(e));
  }
}
