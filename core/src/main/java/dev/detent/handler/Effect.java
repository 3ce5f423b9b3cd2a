// SPDX-License-Identifier: Apache-2.0
package dev.detent.handler;

import org.jspecify.annotations.Nullable;

/// Runs a side effect that can be told apart from its own repetitions.
///
/// @param <T> its result
@FunctionalInterface
public interface Effect<T extends @Nullable Object> {
  /// Runs it.
  ///
  /// @param key the same text whenever this step runs again, and different from every other step's:
  ///   what the other side can drop repetitions by
  /// @throws TerminalException if it failed for good; anything else that it throws is retried
  T run(String key) throws Exception;
}
