// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import dev.detent.Problem;
import dev.detent.codec.ProblemText;
import dev.detent.store.DeadLetterRow;
import java.time.Instant;

/// Holds an event that a consumer gave up on.
///
/// @param event the event, also when the log has dropped it
/// @param attempts how often it was tried
/// @param problem why it failed last time
/// @param retrying whether it is to be tried again
/// @param at when it last failed
public record DeadLetter(Event event, int attempts, Problem problem, boolean retrying, Instant at) {
  static DeadLetter of(DeadLetterRow row) {
    return new DeadLetter(
        LetterText.read(row.event()),
        row.attempt(),
        ProblemText.read(row.problem()),
        row.wanted(),
        Instant.ofEpochMilli(row.at()));
  }
}
