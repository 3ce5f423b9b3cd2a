// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import dev.detent.Key;
import dev.detent.Offset;

/// Holds an event that a consumer gave up on.
///
/// @param consumer the consumer's name
/// @param offset the event's place, which names it
/// @param key the event's instance
/// @param event the whole event, JSON: it stays when the log has dropped it
/// @param attempt how often it was tried
/// @param problem why it failed last time, JSON
/// @param wanted whether somebody wants it to be tried again
/// @param at when it last failed, in milliseconds since 1970 UTC
public record DeadLetterRow(
    String consumer,
    Offset offset,
    Key key,
    String event,
    int attempt,
    String problem,
    boolean wanted,
    long at) {
  /// Returns this letter after one more failure.
  ///
  /// @param why JSON
  /// @param when in milliseconds since 1970 UTC
  public DeadLetterRow failedAgain(String why, long when) {
    return new DeadLetterRow(consumer, offset, key, event, attempt + 1, why, false, when);
  }
}
