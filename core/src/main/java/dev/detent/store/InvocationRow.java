// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import dev.detent.Key;
import org.jspecify.annotations.Nullable;

/// Holds an invocation: a delayed send, or the kept answer to a command with an idempotency key.
///
/// @param id its id
/// @param key the instance
/// @param partition the instance's partition
/// @param command the command
/// @param input its input as JSON
/// @param token the caller's idempotency key, or null
/// @param fingerprint of command and input, to tell a repeat from a misuse; null without token
/// @param status where it is
/// @param kind `call` or `send`
/// @param createdAt when it was accepted, in milliseconds since 1970 UTC
/// @param dueAt when it is to run, in milliseconds since 1970 UTC
/// @param endedAt when it ended, or null
/// @param expiresAt from when on it may be forgotten, or null while it has not ended
/// @param output the answer as JSON, or null
/// @param problem why it failed as JSON, or null
/// @param state the instance's state after it, or null
/// @param version the instance's version after it; 0 before
public record InvocationRow(
    String id,
    Key key,
    int partition,
    String command,
    String input,
    @Nullable String token,
    @Nullable String fingerprint,
    Status status,
    String kind,
    long createdAt,
    long dueAt,
    @Nullable Long endedAt,
    @Nullable Long expiresAt,
    @Nullable String output,
    @Nullable String problem,
    @Nullable String state,
    long version) {
  /// Says where an invocation is; stored as the name in lower case.
  public enum Status {
    /// Waits for its due time.
    SCHEDULED,
    /// Ended with an answer.
    COMPLETED,
    /// Ended with a problem.
    FAILED
  }
}
