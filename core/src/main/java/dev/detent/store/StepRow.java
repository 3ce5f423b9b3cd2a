// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import dev.detent.Key;
import org.jspecify.annotations.Nullable;

/// Holds an entry of an invocation's journal. Its identity is invocation, life and position.
///
/// @param invocation the invocation's id
/// @param life the life of the invocation that it belongs to
/// @param position its place: `0`, `1`, … in the handler's order; `3.1.0` is entry 0 of branch 1 of
///   entry 3; `signal.N` is the Nth signal that came
/// @param partition the invocation's partition
/// @param kind what it is
/// @param name what the handler calls it
/// @param status where it is
/// @param outgoing what was asked of another instance, or null
/// @param value its result as JSON, or null
/// @param problem its final failure as JSON, or null
/// @param at when it last changed, in milliseconds since 1970 UTC
/// @param dueAt when a sleep ends, an awakeable's deadline is, a send is to run, or since when a
///   call is to be cancelled, in milliseconds since 1970 UTC, or null
public record StepRow(
    String invocation,
    int life,
    String position,
    int partition,
    Kind kind,
    String name,
    Status status,
    @Nullable Outgoing outgoing,
    @Nullable String value,
    @Nullable String problem,
    long at,
    @Nullable Long dueAt) {
  /// Says what an entry is; stored as the name in lower case.
  public enum Kind {
    /// A side effect.
    STEP,
    /// A side effect in the transaction that records it.
    TRANSACT,
    /// A durable pause.
    SLEEP,
    /// A command to another instance, whose answer is waited for.
    CALL,
    /// A command to another instance, whose answer nobody waits for.
    SEND,
    /// An answer from outside that is waited for.
    AWAKEABLE,
    /// A message to a running invocation.
    SIGNAL,
    /// The branch that was first.
    ANY
  }

  /// Says where an entry is; stored as the name in lower case.
  public enum Status {
    /// Not done: a sleep, a call or an awakeable that is waited for, a send to be delivered.
    PENDING,
    /// Done; a send was delivered.
    COMPLETED,
    /// Failed for good.
    FAILED
  }

  /// Says what is asked of another instance.
  ///
  /// @param child the id of the invocation there
  /// @param key the instance
  /// @param command the command
  /// @param input its input as JSON
  /// @param chain the instances that wait for its answer, outermost first, as a JSON array of
  ///   `machine/key`; empty for a send
  public record Outgoing(String child, Key key, String command, String input, String chain) {}

  /// Returns the same, done or failed.
  ///
  /// @param value the result as JSON, or null
  /// @param problem the final failure as JSON, or null
  /// @param at when, in milliseconds since 1970 UTC
  public StepRow ended(@Nullable String value, @Nullable String problem, long at) {
    Status status = problem == null ? Status.COMPLETED : Status.FAILED;
    return new StepRow(
        invocation,
        life,
        position,
        partition,
        kind,
        name,
        status,
        outgoing,
        value,
        problem,
        at,
        dueAt);
  }

  /// Returns the same call, to be cancelled.
  ///
  /// @param at since when, in milliseconds since 1970 UTC
  public StepRow cancelledAt(long at) {
    return new StepRow(
        invocation,
        life,
        position,
        partition,
        kind,
        name,
        status,
        outgoing,
        value,
        problem,
        this.at,
        at);
  }
}
