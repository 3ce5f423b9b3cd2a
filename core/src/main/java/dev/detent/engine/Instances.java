// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.store.InstanceRow;
import dev.detent.store.Store;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Lists and counts committed instances of a machine. Its methods block.
///
/// **Threads**: safe for any number of threads.
public final class Instances {
  private final Store store;

  Instances(Store store) {
    this.store = store;
  }

  /// Returns instances in order of their keys.
  ///
  /// @param machine the machine's name
  /// @param state only those in this state, or null for all
  /// @param after only keys above this one, or null for all
  /// @param limit at most so many, 1 to 1,000
  public List<InstanceRow> list(
      String machine, @Nullable String state, @Nullable String after, int limit) {
    return store.list(machine, state, after, limit);
  }

  /// Returns how many instances are in each state; states without any are left out.
  public Map<String, Long> counts(String machine) {
    return store.counts(machine);
  }
}
