// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Declares a move: from where, by what, to where, and the code that makes it.
///
/// @param command the command that causes it, or null if a timeout does
/// @param from the states it starts from; empty for one that creates an instance
/// @param to the states it may lead to
/// @param description what it means, or an empty text
/// @param durable whether the code is a handler: it has effects, and wants a context
/// @param action the code; pure unless it is durable
public record Transition(
    @Nullable String command,
    Set<String> from,
    Set<String> to,
    String description,
    boolean durable,
    Action action) {
  /// Makes a transition whose code is pure.
  ///
  /// @param command the command that causes it, or null if a timeout does
  /// @param from the states it starts from; empty for one that creates an instance
  /// @param to the states it may lead to
  /// @param description what it means, or an empty text
  /// @param action the code
  public Transition(
      @Nullable String command,
      Set<String> from,
      Set<String> to,
      String description,
      Action action) {
    this(command, from, to, description, false, action);
  }
}
