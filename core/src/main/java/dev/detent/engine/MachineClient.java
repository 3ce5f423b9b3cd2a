// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.codec.Codec;
import dev.detent.codec.Json;
import dev.detent.machine.Machine;
import dev.detent.store.EventRow;
import dev.detent.store.StoreException;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// Talks to the instances of one machine.
///
/// A command is named by text or, if the machine is an annotated class, by its method, from which
/// Java knows the types of input and answer:
///
/// ```java
/// Open open = doors.call("front", DoorMachine::open, "key 7").output();
/// Open open = doors.call("front", "open", "key 7").as(Open.class);
/// ```
///
/// Such a method takes a from-state or none, then an input or none, then the key, the time, a
/// [Context][dev.detent.handler.Context] (which knows both) or none; of a method that returns a
/// `Next`, [Result#output] is the reply. Java can't infer which of several methods of one name is
/// meant, since their from-states differ: `ResourceMachine::setUp` does not compile for
/// `setUp(Down)` beside `setUp(Up)`. There text is the way, or one method that takes the sealed
/// interface.
///
/// **Guarantees**: what is returned is durable.
///
/// **Threads**: safe for any number of threads, virtual ones too. The methods block. They must not
/// be called by a machine's own methods or an [Observer]: the engine would wait for itself.
///
/// **Errors**: [DetentException], of a kind for each thing that a caller may do about it. If the
/// thread is interrupted it stays so, and the exception says whether something may have happened.
///
/// @param <M> the machine's class, if it has one
// Seen by the compiler as alike, moves and replies differ in what the method returns.
@SuppressWarnings("overloads")
public final class MachineClient<M> {
  private final Engine engine;
  private final String machine;
  private final @Nullable String idempotencyKey;
  private final Precondition precondition;

  MachineClient(Engine engine, String machine) {
    this(engine, machine, null, Precondition.NONE);
  }

  private MachineClient(
      Engine engine, String machine, @Nullable String idempotencyKey, Precondition precondition) {
    this.engine = engine;
    this.machine = machine;
    this.idempotencyKey = idempotencyKey;
    this.precondition = precondition;
  }

  /// Returns a client whose calls and sends carry an idempotency key: a repeat on the same instance
  /// has no second effect and gets the first answer.
  ///
  /// @param value 1 to 255 bytes of UTF-8, one for each intended effect
  public MachineClient<M> idempotencyKey(String value) {
    return new MachineClient<>(engine, machine, value, precondition);
  }

  /// Returns a client whose calls fail with VERSION_MISMATCH unless the instance has that version.
  ///
  /// @param version the version; 0 for an instance that was never touched
  public MachineClient<M> ifMatch(long version) {
    return new MachineClient<>(engine, machine, idempotencyKey, new Precondition.Version(version));
  }

  /// Returns a client whose calls fail with VERSION_MISMATCH unless the instance has had an event.
  public MachineClient<M> mustExist() {
    return new MachineClient<>(engine, machine, idempotencyKey, Precondition.EXISTS);
  }

  /// Runs a command without input, and returns when it is durable.
  ///
  /// @throws dev.detent.RefusedException such as TRANSITION_NOT_ALLOWED, NOT_FOUND, INVALID_INPUT
  /// @throws dev.detent.FailedException if the machine's code failed; the state is untouched
  /// @throws dev.detent.UnavailableException if nothing happened; a retry helps
  /// @throws dev.detent.OutcomeUnknownException if it may have happened; a retry with an
  ///   idempotency key helps
  public Result<Json> call(String key, String command) {
    return call(key, command, (Object) null);
  }

  /// Runs a command.
  ///
  /// @param input anything that can be written as JSON, [Json] itself, or null for none
  public Result<Json> call(String key, String command, @Nullable Object input) {
    return run(key, command, write(input, null), Json.class);
  }

  /// Accepts a command durably and returns, to run it later. If it is refused then, the log and the
  /// [Observer] say so.
  ///
  /// @param input anything that can be written as JSON, [Json] itself, or null for none
  /// @param delay how much later, 0 to 3,650 days
  /// @return the id of the invocation
  public String send(String key, String command, @Nullable Object input, Duration delay) {
    if (!(precondition instanceof Precondition.None)) {
      String what = "send: expected no demand on the version, got one; only a call takes it";
      throw Problem.of(ErrorCode.BAD_REQUEST, what).exception();
    }
    var request = new Request.Send(key(key), command, write(input, null), idempotencyKey, delay);
    return ((Reply.Accepted) Waiting.answer(engine, request)).id();
  }

  /// Reads an instance. If the machine has an initial state for every key, all are there.
  ///
  /// @throws dev.detent.RefusedException NOT_FOUND if it is not there
  public Snapshot read(String key) {
    var found = (Reply.Found) Waiting.answer(engine, new Request.Read(key(key)));
    return new Snapshot(found.instance(), new Decoding(definition()));
  }

  /// Reads an instance, or returns null if it is not there.
  public @Nullable Snapshot find(String key) {
    try {
      return read(key);
    } catch (DetentException e) {
      if (e.code() == ErrorCode.NOT_FOUND) {
        return null;
      }
      throw e;
    }
  }

  /// Asks a query of the committed state.
  public <V> V ask(String key, String query, Class<V> answer) {
    var reply = (Reply.Answer) Waiting.answer(engine, new Request.Ask(key(key), query));
    Instance instance = reply.instance();
    var done = new Reply.Done("", reply.output(), instance.state(), instance.version(), false);
    return new Result<V>(done, new Decoding(definition()), answer).as(answer);
  }

  /// Returns events of an instance, oldest first.
  ///
  /// @param after only versions above this one; 0 for all
  /// @param limit at most so many, 1 to 1,000
  public List<EventRow> history(String key, long after, int limit) {
    try {
      return engine.events().history(key(key), after, limit);
    } catch (StoreException e) {
      throw DetentException.of(Refusals.unreadable(e), e);
    }
  }

  /// Runs `create()`.
  public <S> Result<S> call(String key, CommandMethod.Move0<M, S> command) {
    return run(key, command);
  }

  /// Runs `create()`; the method answers by a `Next`.
  public <R extends @Nullable Object> Result<R> call(
      String key, CommandMethod.Reply0<M, R> command) {
    return run(key, command);
  }

  /// Runs `create(input)`.
  public <I, S> Result<S> call(String key, CommandMethod.Move1<M, I, S> command, I input) {
    return run(key, command, 0, input);
  }

  /// Runs `create(input)`; the method answers by a `Next`.
  public <I, R extends @Nullable Object> Result<R> call(
      String key, CommandMethod.Reply1<M, I, R> command, I input) {
    return run(key, command, 0, input);
  }

  /// Runs `create(input, key, time or context)`.
  public <I, X, S> Result<S> call(
      String key, CommandMethod.CreatingMove2<M, I, X, S> command, I input) {
    return run(key, command, 0, input);
  }

  /// Runs `create(input, key, time or context)`; the method answers by a `Next`.
  public <I, X, R extends @Nullable Object> Result<R> call(
      String key, CommandMethod.CreatingReply2<M, I, X, R> command, I input) {
    return run(key, command, 0, input);
  }

  /// Runs `command(from)` or `create(key, time or context)`.
  public <F, S> Result<S> call(String key, CommandMethod.Move1<M, F, S> command) {
    return run(key, command);
  }

  /// Runs `command(from)` or `create(key, time or context)`; the method answers by a `Next`.
  public <F, R extends @Nullable Object> Result<R> call(
      String key, CommandMethod.Reply1<M, F, R> command) {
    return run(key, command);
  }

  /// Runs `command(from, key, time or context)`.
  public <F, X, S> Result<S> call(String key, CommandMethod.Move2<M, F, X, S> command) {
    return run(key, command);
  }

  /// Runs `command(from, key, time or context)`; the method answers by a `Next`.
  public <F, X, R extends @Nullable Object> Result<R> call(
      String key, CommandMethod.Reply2<M, F, X, R> command) {
    return run(key, command);
  }

  /// Runs `command(from, input)`.
  public <F, I, S> Result<S> call(String key, CommandMethod.Move2<M, F, I, S> command, I input) {
    return run(key, command, 1, input);
  }

  /// Runs `command(from, input)`; the method answers by a `Next`.
  public <F, I, R extends @Nullable Object> Result<R> call(
      String key, CommandMethod.Reply2<M, F, I, R> command, I input) {
    return run(key, command, 1, input);
  }

  /// Runs `command(from, input, key, time or context)`.
  public <F, I, X, S> Result<S> call(
      String key, CommandMethod.Move3<M, F, I, X, S> command, I input) {
    return run(key, command, 1, input);
  }

  /// Runs `command(from, input, key, time or context)`; the method answers by a `Next`.
  public <F, I, X, R extends @Nullable Object> Result<R> call(
      String key, CommandMethod.Reply3<M, F, I, X, R> command, I input) {
    return run(key, command, 1, input);
  }

  private <T extends @Nullable Object> Result<T> run(String key, CommandMethod command) {
    ReferencedMethod method = ReferencedMethod.of(command);
    return run(key, method.command(), Json.NULL, method.answer());
  }

  private <T extends @Nullable Object> Result<T> run(
      String key, CommandMethod command, int inputIndex, @Nullable Object input) {
    ReferencedMethod method = ReferencedMethod.of(command);
    Json written = write(input, method.parameter(inputIndex));
    return run(key, method.command(), written, method.answer());
  }

  private <T extends @Nullable Object> Result<T> run(
      String key, String command, Json input, Type answer) {
    var request = new Request.Call(key(key), command, input, idempotencyKey, precondition);
    var done = (Reply.Done) Waiting.answer(engine, request);
    return new Result<>(done, new Decoding(definition()), answer);
  }

  private Json write(@Nullable Object input, @Nullable Type declared) {
    Codec codec = definition().codec();
    try {
      return declared == null ? codec.write(input) : codec.write(input, declared);
    } catch (JacksonException e) {
      String what = "input: expected what can be written as JSON, got " + e.getOriginalMessage();
      throw DetentException.of(Problem.of(ErrorCode.INVALID_INPUT, what).with("path", ""), e);
    }
  }

  private Machine definition() {
    return Objects.requireNonNull(engine.machines().get(machine), machine);
  }

  private Key key(String key) {
    return new Key(machine, key);
  }
}
