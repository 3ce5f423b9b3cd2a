// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import dev.detent.Key;
import org.jspecify.annotations.Nullable;

/// Holds an invocation: a durable run of a handler, a command that waits for its turn, a delayed
/// send, or the kept answer to a command.
///
/// @param id its id
/// @param key the instance
/// @param partition the instance's partition
/// @param command the command; of a timeout its name
/// @param input its input as JSON
/// @param token the caller's idempotency key, or null
/// @param fingerprint of command and input, to tell a repeat from a misuse; null without token
/// @param precondition what must hold of the version when it runs: null, `*` or a version
/// @param status where it is
/// @param kind `call`, `send` or `after`
/// @param ordinal its place among those of its instance: they run in ascending order
/// @param createdAt when it was accepted, in milliseconds since 1970 UTC
/// @param dueAt when it is to run, in milliseconds since 1970 UTC
/// @param parent the handler that asked for it, or null
/// @param run how far it has come
/// @param end how it ended, or null
public record InvocationRow(
    String id,
    Key key,
    int partition,
    String command,
    String input,
    @Nullable String token,
    @Nullable String fingerprint,
    @Nullable String precondition,
    Status status,
    String kind,
    long ordinal,
    long createdAt,
    long dueAt,
    @Nullable Parent parent,
    Run run,
    @Nullable End end) {
  /// Says where an invocation is; stored as the name in lower case.
  public enum Status {
    /// Waits for its due time.
    SCHEDULED,
    /// Waits for its turn on its instance.
    QUEUED,
    /// Runs, or waits for something that its handler asked for, or for its next attempt.
    RUNNING,
    /// Waits until somebody resumes it.
    PAUSED,
    /// Ended with an answer.
    COMPLETED,
    /// Ended with a problem.
    FAILED,
    /// Ended because somebody cancelled it.
    CANCELLED,
    /// Ended at once because somebody killed it.
    KILLED;

    /// Tells whether it stands in its instance's queue: accepted, due and not ended.
    public boolean open() {
      return this == QUEUED || this == RUNNING || this == PAUSED;
    }
  }

  /// Names the handler that asked for an invocation.
  ///
  /// @param invocation the handler's invocation
  /// @param life the life of it in which it asked
  /// @param position the place in its journal
  /// @param chain the instances that wait for this one's answer, outermost first, as a JSON array
  ///   of `machine/key`; empty for a send
  public record Parent(String invocation, int life, String position, String chain) {}

  /// Says how far an invocation has come.
  ///
  /// @param life how often it was begun anew from an empty journal, from 0
  /// @param attempt how many attempts in a row have failed
  /// @param startedAt when its handler first started in this life, 0 before
  /// @param retryAt when the next attempt is due, 0 for at once; in milliseconds since 1970 UTC
  /// @param cancelled whether somebody wants it to be cancelled
  /// @param problem why the last attempt failed or why it is paused, JSON, or null
  public record Run(
      int life,
      int attempt,
      long startedAt,
      long retryAt,
      boolean cancelled,
      @Nullable String problem) {
    /// Not started yet.
    public static final Run NONE = new Run(0, 0, 0, 0, false, null);
  }

  /// Says how an invocation ended.
  ///
  /// @param at when, in milliseconds since 1970 UTC
  /// @param expiresAt from when on it may be forgotten, in milliseconds since 1970 UTC
  /// @param output the answer as JSON, or null
  /// @param problem why it failed as JSON, or null
  /// @param state the instance's state after it, or null
  /// @param version the instance's version after it; 0 if it has none
  public record End(
      long at,
      long expiresAt,
      @Nullable String output,
      @Nullable String problem,
      @Nullable String state,
      long version) {}

  /// Returns the same with another status and progress.
  public InvocationRow with(Status status, Run run) {
    return new InvocationRow(
        id,
        key,
        partition,
        command,
        input,
        token,
        fingerprint,
        precondition,
        status,
        kind,
        ordinal,
        createdAt,
        dueAt,
        parent,
        run,
        end);
  }

  /// Returns the same, to run later.
  ///
  /// @param dueAt when, in milliseconds since 1970 UTC
  public InvocationRow due(long dueAt) {
    return new InvocationRow(
        id,
        key,
        partition,
        command,
        input,
        token,
        fingerprint,
        precondition,
        status,
        kind,
        ordinal,
        createdAt,
        dueAt,
        parent,
        run,
        end);
  }

  /// Returns the same, standing in its instance's queue.
  ///
  /// @param ordinal its place there
  public InvocationRow queued(long ordinal) {
    return new InvocationRow(
        id,
        key,
        partition,
        command,
        input,
        token,
        fingerprint,
        precondition,
        Status.QUEUED,
        kind,
        ordinal,
        createdAt,
        dueAt,
        parent,
        run,
        end);
  }

  /// Returns the same, ended.
  ///
  /// @param repeatable whether its idempotency key still leads to it
  public InvocationRow ended(Status status, End end, boolean repeatable) {
    return new InvocationRow(
        id,
        key,
        partition,
        command,
        input,
        repeatable ? token : null,
        repeatable ? fingerprint : null,
        precondition,
        status,
        kind,
        ordinal,
        createdAt,
        dueAt,
        parent,
        run,
        end);
  }
}
