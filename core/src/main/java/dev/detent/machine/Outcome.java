// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.codec.Json;
import dev.detent.codec.Value;
import org.jspecify.annotations.Nullable;

/// Says what an action decided.
public sealed interface Outcome {
  /// Goes to a state, which is an event even if it is the same one.
  ///
  /// @param state one of the transition's targets
  /// @param value what the instance holds there
  /// @param reply the answer, or null for the value itself
  record Move(String state, Value value, @Nullable Json reply) implements Outcome {}

  /// Goes to a state although no declared transition leads there: the event says that it was
  /// forced.
  ///
  /// @param state any state of the machine
  /// @param value what the instance holds there
  /// @param reply the answer, or null for the value itself
  record Forced(String state, Value value, @Nullable Json reply) implements Outcome {}

  /// Deletes the instance, which is an event. It reads as not there from then on; made again, it
  /// goes on with its version.
  ///
  /// @param reply the answer
  record Deleted(Json reply) implements Outcome {}

  /// Leaves everything as it is: no event, no new version.
  ///
  /// @param reply the answer, or null for the value itself
  record Stay(@Nullable Json reply) implements Outcome {}
}
