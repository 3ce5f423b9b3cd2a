// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.DetentException;
import dev.detent.codec.Codec;
import dev.detent.codec.Json;
import dev.detent.machine.Machine;
import dev.detent.store.InvocationRow;
import dev.detent.store.StepRow;
import dev.detent.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Talks to one invocation: a durable run of a handler, or a command that waits for its turn or its
/// time.
///
/// ```java
/// String id = payments.send("p-1", "capture", null, Duration.ZERO);
/// Result<Json> result = detent.invocation(id).result(Duration.ofSeconds(30));
/// ```
///
/// **Guarantees**: what is returned is durable. What changes an invocation is idempotent, and tells
/// whether it changed anything: one that has ended stays as it ended.
///
/// **Threads**: safe for any number of threads, virtual ones too. The methods block, and must not
/// be called by a machine's own methods.
///
/// **Errors**: [DetentException]; NOT_FOUND if there is no such invocation or it is not kept any
/// more.
public final class InvocationClient {
  private final Engine engine;
  private final String id;

  InvocationClient(Engine engine, String id) {
    this.engine = engine;
    this.id = id;
  }

  /// Returns the invocation's id.
  public String id() {
    return id;
  }

  /// Returns the invocation as it is committed now.
  ///
  /// @throws dev.detent.RefusedException NOT_FOUND if it is not there
  public InvocationRow read() {
    InvocationRow row = stored(() -> engine.invocations().find(id));
    if (row == null) {
      throw Refusals.noInvocation(id).exception();
    }
    return row;
  }

  /// Returns the journal of the invocation's life in the handler's order, signals last; empty once
  /// it has ended.
  ///
  /// @throws dev.detent.RefusedException NOT_FOUND if it is not there
  public List<StepRow> journal() {
    InvocationRow row = read();
    return stored(() -> engine.invocations().journal(row));
  }

  /// Waits for the invocation's end.
  ///
  /// @param patience for how long at most; 0 for not at all
  /// @return what it did, or null if it has not ended
  /// @throws dev.detent.RefusedException NOT_FOUND if it is not there, or why it was refused when
  ///   it came to its turn
  /// @throws dev.detent.FailedException if its handler failed for good, or it was cancelled
  public @Nullable Result<Json> result(Duration patience) {
    Machine machine = machine(read());
    Reply reply = Waiting.answer(engine, new Request.Await(id, patience));
    return reply instanceof Reply.Done done
        ? new Result<>(done, new Decoding(machine), Json.class)
        : null;
  }

  private Machine machine(InvocationRow row) {
    String name = row.key().machine();
    Machine machine = engine.machines().get(name);
    if (machine == null) {
      throw Refusals.noMachine(name).exception();
    }
    return machine;
  }

  /// Lets the handler end it: a [CancelledException][dev.detent.handler.CancelledException] comes
  /// out of its next wait, after the commands that it waits for were cancelled. One that has not
  /// begun ends at once.
  ///
  /// @return whether that changed anything
  public boolean cancel() {
    return control(Request.Action.CANCEL);
  }

  /// Ends it at once; its handler learns nothing.
  ///
  /// @return whether that changed anything
  public boolean kill() {
    return control(Request.Action.KILL);
  }

  /// Stops it until it is resumed or ended.
  ///
  /// @return whether that changed anything
  public boolean pause() {
    return control(Request.Action.PAUSE);
  }

  /// Lets it go on, at once: after a pause, or instead of waiting for its next attempt.
  ///
  /// @return whether that changed anything
  public boolean resume() {
    return control(Request.Action.RESUME);
  }

  /// Begins it anew, with an empty journal: what it did outside, it does again.
  ///
  /// @return whether that changed anything
  public boolean restart() {
    return control(Request.Action.RESTART);
  }

  private boolean control(Request.Action action) {
    return changed(new Request.Control(id, action));
  }

  /// Sends it a signal.
  ///
  /// @param name the signal's name: 1 to 64 bytes of UTF-8 without control characters
  /// @param value anything that can be written as JSON, [Json] itself, or null for nothing
  /// @return whether it was taken; it is not once the invocation has ended
  public boolean signal(String name, @Nullable Object value) {
    return changed(new Request.Signal(id, name, Codec.standard().write(value)));
  }

  private boolean changed(Request request) {
    return ((Reply.Standing) Waiting.answer(engine, request)).changed();
  }

  // A supplier of what may be null hands it through.
  @SuppressWarnings("NullAway")
  private static <T extends @Nullable Object> T stored(Supplier<T> read) {
    try {
      return read.get();
    } catch (StoreException e) {
      throw DetentException.of(Refusals.unreadable(e), e);
    }
  }
}
