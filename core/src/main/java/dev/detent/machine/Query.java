// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.codec.Json;
import java.util.Set;

/// Declares a read: computes an answer from the committed state.
///
/// @param name its name
/// @param from the states in which it may be asked
/// @param function computes the answer; pure; the situation's input is `null`
public record Query(String name, Set<String> from, Function function) {
  /// Computes an answer.
  @FunctionalInterface
  public interface Function {
    /// Computes.
    Json apply(Situation situation);
  }
}
