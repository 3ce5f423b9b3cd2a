// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import java.util.List;

/// Holds a stretch of the lasting order of all events: what was committed when it ended, and not
/// yet when the one before it ended.
///
/// @param floor its first time, in milliseconds since 1970 UTC, which names it; events in it that
///   are older count as of then
/// @param ceiling its last time
/// @param offsets the last offset of each partition, in ascending order of partitions
public record Stretch(long floor, long ceiling, List<Long> offsets) {
  /// Makes a stretch.
  public Stretch {
    offsets = List.copyOf(offsets);
  }
}
