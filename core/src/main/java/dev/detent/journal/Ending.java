// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import dev.detent.Problem;
import dev.detent.machine.Outcome;

/// Says how an attempt ended.
public sealed interface Ending {
  /// The handler returned: the invocation is to be completed.
  ///
  /// @param outcome what it decided
  record Returned(Outcome outcome) implements Ending {}

  /// The handler failed for good: the invocation is to fail, and the state stays as it is.
  ///
  /// @param problem HANDLER_FAILED with a member `failure`, or INVALID_INPUT if the handler did not
  ///   even begin since its input does not fit
  record Failed(Problem problem) implements Ending {}

  /// The handler let its cancellation pass: the invocation is to end as cancelled.
  ///
  /// @param problem CANCELLED
  record Cancelled(Problem problem) implements Ending {}

  /// Something failed that may work the next time: another attempt is to come after a pause.
  ///
  /// @param problem what failed: HANDLER_FAILED, or UNAVAILABLE if it was the store
  record Retry(Problem problem) implements Ending {}

  /// The code does not fit the journal, or its result can't be recorded: the invocation is to be
  /// paused until the code is another one, since trying again would only repeat effects.
  ///
  /// @param problem HANDLER_FAILED; its detail shows both sides
  record Mismatched(Problem problem) implements Ending {}

  /// The handler waits, and let go of its thread: another attempt is to come when there is news.
  ///
  /// @param heard how many calls of [Attempt#completed] and [Attempt#cancel] came before it let go:
  ///   if the engine has made more, there is news already
  record Unwound(long heard) implements Ending {}
}
