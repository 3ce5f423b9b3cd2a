// SPDX-License-Identifier: Apache-2.0
package dev.detent.handler;

import org.jspecify.annotations.Nullable;

/// Stands for an answer that comes from outside: whoever knows the id resolves or rejects it, once,
/// over HTTP or from Java, before or after the handler waits for it.
///
/// **Threads**: the handler's, or that of one of its branches.
///
/// @param <T> the answer
public interface Awakeable<T extends @Nullable Object> {
  /// Returns the id to give away, in an effect. It is URL-safe and stays the same on replay. Who
  /// has it can answer, so it should reach nobody else.
  String id();

  /// Waits for the answer; again and again the same one comes.
  ///
  /// @throws DeadlineException if nobody answered in time
  /// @throws CancelledException if the invocation was cancelled meanwhile
  /// @throws TerminalException if it was rejected
  T await();
}
