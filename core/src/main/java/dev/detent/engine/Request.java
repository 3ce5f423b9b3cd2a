// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.codec.Json;
import dev.detent.store.InvocationRow;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Asks something of the engine: of one instance, or of one invocation.
public sealed interface Request {
  /// Asks something of one instance.
  sealed interface OfInstance extends Request {
    /// Returns the instance.
    Key key();
  }

  /// Asks something of one invocation, whose id says where it is.
  sealed interface OfInvocation extends Request {
    /// Returns the invocation's id.
    String invocation();
  }

  /// Runs a command and waits for its end.
  ///
  /// @param key the instance
  /// @param command the command's name
  /// @param input its input; `null` in JSON for none
  /// @param idempotencyKey 1 to 255 bytes of UTF-8, or null
  /// @param precondition what must hold of the version
  record Call(
      Key key,
      String command,
      Json input,
      @Nullable String idempotencyKey,
      Precondition precondition)
      implements OfInstance {}

  /// Accepts a command durably, to run it later.
  ///
  /// @param key the instance
  /// @param command the command's name
  /// @param input its input; `null` in JSON for none
  /// @param idempotencyKey 1 to 255 bytes of UTF-8, or null
  /// @param delay how much later, 0 to 3,650 days
  record Send(Key key, String command, Json input, @Nullable String idempotencyKey, Duration delay)
      implements OfInstance {}

  /// Runs a command that a handler asked for, under an id that the handler's journal has: a repeat
  /// has no second effect and gets the first answer.
  ///
  /// @param key the instance
  /// @param command the command's name
  /// @param input its input; `null` in JSON for none
  /// @param id the invocation's id
  /// @param parent who asked
  /// @param dueAt when to run it, in milliseconds since 1970 UTC; 0 for at once
  /// @param answered whether to wait for its end, else only until it is accepted
  record Deliver(
      Key key,
      String command,
      Json input,
      String id,
      InvocationRow.Parent parent,
      long dueAt,
      boolean answered)
      implements OfInstance {}

  /// Reads the committed instance.
  ///
  /// @param key the instance
  record Read(Key key) implements OfInstance {}

  /// Asks a query of the committed instance.
  ///
  /// @param key the instance
  /// @param query the query's name
  record Ask(Key key, String query) implements OfInstance {}

  /// Changes how an invocation goes on. Each is idempotent.
  ///
  /// @param invocation the invocation's id
  /// @param action what to do
  record Control(String invocation, Action action) implements OfInvocation {}

  /// Says what may be done to an invocation.
  enum Action {
    /// Lets its handler end it: a `CancelledException` at its next wait.
    CANCEL,
    /// Ends it at once.
    KILL,
    /// Stops it until it is resumed.
    PAUSE,
    /// Lets it go on, at once.
    RESUME,
    /// Begins it anew, with an empty journal.
    RESTART
  }

  /// Resolves or rejects an awakeable. Exactly one of value and problem counts.
  ///
  /// @param awakeable its id
  /// @param value what it resolves to
  /// @param rejection why it is rejected, or null if it is resolved
  record Complete(String awakeable, Json value, @Nullable String rejection)
      implements OfInvocation {
    @Override
    public String invocation() {
      return Ids.invocationOf(awakeable);
    }
  }

  /// Sends a signal to an invocation.
  ///
  /// @param invocation the invocation's id
  /// @param name the signal's name
  /// @param value what it carries
  record Signal(String invocation, String name, Json value) implements OfInvocation {}

  /// Waits for an invocation's end.
  ///
  /// @param invocation the invocation's id
  /// @param patience for how long at most; 0 for not at all
  record Await(String invocation, Duration patience) implements OfInvocation {}
}
