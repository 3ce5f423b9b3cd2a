// SPDX-License-Identifier: Apache-2.0
package dev.detent.handler;

import org.jspecify.annotations.Nullable;

/// Runs a part of a handler beside others of its kind.
///
/// **Threads**: each branch has a virtual thread of its own.
///
/// @param <T> its result
@FunctionalInterface
public interface Branch<T extends @Nullable Object> {
  /// Runs it.
  ///
  /// @param branch the branch's own context, which only this branch may use; the handler's can't be
  ///   used in here but for its names
  /// @throws TerminalException if it failed for good; anything else that it throws is retried
  T run(Context branch) throws Exception;
}
