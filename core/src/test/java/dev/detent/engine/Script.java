// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import java.util.List;

/// Says what a simulated handler does, the same whenever it runs.
///
/// @param acts what it does in order, as long as nothing fails
/// @param undo what it does after one failed for good, or was cancelled
/// @param finish how it ends
/// @param to the state to which it moves, if it does
record Script(List<Act> acts, List<Act> undo, Finish finish, String to) {
  /// Says how a handler ends that nothing has failed.
  enum Finish {
    /// Moves to another state.
    MOVE,
    /// Leaves the instance as it is.
    STAY,
    /// Fails for good.
    FAIL,
    /// Throws something twice, then moves.
    THROW
  }

  /// Is one use of a handler's context.
  sealed interface Act {}

  /// Runs an effect.
  ///
  /// @param name its name
  /// @param failures how often it throws before it works
  /// @param how `go`, `fail` for a final failure, or `poison` for a result that the store refuses
  record Step(String name, int failures, String how) implements Act {}

  /// Runs SQL in the store's own transaction.
  ///
  /// @param name its name
  record Transact(String name) implements Act {}

  /// Waits.
  ///
  /// @param ms how long, in milliseconds
  record Sleep(long ms) implements Act {}

  /// Runs a command on another instance.
  ///
  /// @param key the instance
  /// @param command the command
  /// @param r the number of the request
  record Call(Key key, String command, long r) implements Act {}

  /// Has a command run on an instance.
  ///
  /// @param key the instance
  /// @param command the command
  /// @param r the number of the request
  /// @param delayMs how much later, in milliseconds
  record Send(Key key, String command, long r, long delayMs) implements Act {}

  /// Makes an awakeable.
  ///
  /// @param deadlineMs until when it can be answered, in milliseconds; 0 for ever
  record Promise(long deadlineMs) implements Act {}

  /// Waits for the awakeable that was made last.
  record Await() implements Act {}

  /// Waits for a signal.
  ///
  /// @param name its name
  record Signal(String name) implements Act {}
}
