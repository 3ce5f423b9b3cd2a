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

  @Nullable Instance instance() {
    return entry.instance();
  }
}
