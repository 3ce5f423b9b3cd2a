// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.store.InvocationRow;
import org.jspecify.annotations.Nullable;

/// Answers a [Request], after everything that the answer rests on is durable.
public sealed interface Reply {
  /// Answers a [Request.Call], a [Request.Deliver] or a [Request.Await] that ran.
  ///
  /// @param id names the run; the same for every repeat with the same idempotency key
  /// @param output the answer
  /// @param state the instance's state after it
  /// @param version the instance's version after it
  /// @param replayed whether this is a repeat of an earlier answer
  record Done(String id, Json output, String state, long version, boolean replayed)
      implements Reply {}

  /// Answers a [Request.Send] that was accepted.
  ///
  /// @param id names the invocation
  /// @param previously whether it had been accepted before under the same idempotency key
  record Accepted(String id, boolean previously) implements Reply {}

  /// Answers a [Request.Read].
  ///
  /// @param instance the instance, perhaps an untouched implicit one
  /// @param running what runs on it, or null
  record Found(Instance instance, @Nullable Running running) implements Reply {}

  /// Answers a [Request.Ask].
  ///
  /// @param output the answer
  /// @param instance what it was computed from
  record Answer(Json output, Instance instance) implements Reply {}

  /// Answers a [Request.Await] of an invocation that has not ended, or a [Request.Control],
  /// [Request.Complete] or [Request.Signal].
  ///
  /// @param id the invocation's id
  /// @param status where it is
  /// @param changed whether the request changed anything
  record Standing(String id, InvocationRow.Status status, boolean changed) implements Reply {}

  /// Answers any request that was refused or failed.
  ///
  /// @param problem why
  /// @param id names the run, if there was one
  /// @param replayed whether this is a repeat of an earlier answer
  record Refused(Problem problem, @Nullable String id, boolean replayed) implements Reply {
    /// Refuses a request that never ran.
    public Refused(Problem problem) {
      this(problem, null, false);
    }
  }
}
