// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.store.InvocationRow;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Remembers invocations that are read by their ids, from when they are sought until they are used.
///
/// **Guarantees**: what was read before a change was committed is not used after it.
///
/// **Threads**: the lane's.
final class Sought {
  private final Map<String, Known> invocations = new HashMap<>();

  /// Holds what is known of an invocation.
  ///
  /// @param stale whether it has changed since the read began
  private record Known(boolean loading, boolean stale, @Nullable InvocationRow row) {}

  /// Starts to know an invocation, as being read.
  ///
  /// @return whether that is new
  boolean start(String invocation) {
    return invocations.putIfAbsent(invocation, new Known(true, false, null)) == null;
  }

  /// Takes an invocation that was read, or null if there is none.
  ///
  /// @return whether it must be read again
  boolean loaded(String invocation, @Nullable InvocationRow row) {
    Known known = invocations.get(invocation);
    if (known == null || !known.loading()) {
      return false;
    }
    invocations.put(invocation, known.stale() ? new Known(true, false, null) : known(row));
    return known.stale();
  }

  private static Known known(@Nullable InvocationRow row) {
    return new Known(false, false, row);
  }

  /// Takes note that a change of an invocation is committed.
  void changed(String invocation) {
    Known known = invocations.get(invocation);
    if (known != null && known.loading()) {
      invocations.put(invocation, new Known(true, true, null));
    } else if (known != null) {
      invocations.remove(invocation);
    }
  }

  /// Tells whether an invocation was read.
  boolean has(String invocation) {
    Known known = invocations.get(invocation);
    return known != null && !known.loading();
  }

  /// Forgets an invocation, and returns it if it was read.
  @Nullable InvocationRow forget(String invocation) {
    Known known = invocations.remove(invocation);
    return known == null ? null : known.row();
  }

  /// Forgets an invocation that was read for somebody who does not need that any more.
  void drop(String invocation) {
    if (has(invocation)) {
      invocations.remove(invocation);
    }
  }

  /// Returns how many are known.
  int size() {
    return invocations.size();
  }

  /// Forgets all.
  void clear() {
    invocations.clear();
  }
}
