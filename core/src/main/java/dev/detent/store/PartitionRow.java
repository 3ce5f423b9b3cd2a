// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import org.jspecify.annotations.Nullable;

/// Holds a partition's owner and its place in time.
///
/// @param partition the partition
/// @param owner the node that owns it, or null
/// @param epoch how often it changed hands
/// @param seq how many commits it has had
/// @param lastOffset the offset of its last event; 0 before the first
public record PartitionRow(
    int partition, @Nullable String owner, long epoch, long seq, long lastOffset) {}
