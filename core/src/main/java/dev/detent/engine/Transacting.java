// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import org.jspecify.annotations.Nullable;

/// Does something in a transaction that [Detent#transaction] commits.
///
/// @param <T> what it returns
/// @param <E> what it may throw
@FunctionalInterface
public interface Transacting<T extends @Nullable Object, E extends Exception> {
  /// Runs it.
  ///
  /// @param transaction what moves instances, with its connection
  /// @return what [Detent#transaction] returns
  /// @throws E to roll everything back
  T run(JoinedTransaction transaction) throws E;
}
