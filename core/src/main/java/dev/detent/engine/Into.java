// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import org.jspecify.annotations.Nullable;

/// Says on which instance a decision is made, and where it is recorded.
///
/// @param entry what is known of the instance
/// @param where the batch
record Into(InstanceCache.Entry entry, Where where) {
  Forming forming() {
    return where.forming();
  }

  int partition() {
    return where.partition();
  }

  long at() {
    return where.at();
  }

  /// Returns the same, not before some time.
  ///
  /// @param time in milliseconds since 1970 UTC
  Into from(long time) {
    return new Into(entry, new Where(forming(), partition(), Math.max(time, at())));
  }

  @Nullable Instance instance() {
    return entry.instance();
  }
}
