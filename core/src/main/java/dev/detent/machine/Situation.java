// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.Key;
import dev.detent.codec.Json;
import dev.detent.codec.Value;
import dev.detent.handler.Context;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Gives an action all that it may look at.
///
/// @param key the instance
/// @param state where it is, or null if it does not exist
/// @param value what it holds, or null if it does not exist
/// @param input the command's input; `null` in JSON if there is none
/// @param now the time of this decision; of a durable transition, that of its start
/// @param context what a durable transition does things with, or null for a pure one
public record Situation(
    Key key,
    @Nullable String state,
    @Nullable Value value,
    Json input,
    Instant now,
    @Nullable Context context) {
  /// Makes the situation of a pure transition, or of a durable one that does not run yet.
  ///
  /// @param key the instance
  /// @param state where it is, or null if it does not exist
  /// @param value what it holds, or null if it does not exist
  /// @param input the command's input; `null` in JSON if there is none
  /// @param now the time of this decision
  public Situation(
      Key key, @Nullable String state, @Nullable Value value, Json input, Instant now) {
    this(key, state, value, input, now, null);
  }

  /// Returns the same, to run with a context.
  public Situation in(Context running) {
    return new Situation(key, state, value, input, now, running);
  }
}
