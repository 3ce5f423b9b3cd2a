// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import dev.detent.Key;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Shows all that a decision about some instances rests on, under the locks of their partitions.
///
/// @param partitions the rows of their partitions, ascending
/// @param instances the instances that exist, in any order
/// @param busy which of them have an invocation that is queued, running or paused
/// @param lastAt by partition, the time of its last event in milliseconds since 1970 UTC; those
///   without events are left out
public record Sight(
    List<PartitionRow> partitions,
    List<InstanceRow> instances,
    Set<Key> busy,
    Map<Integer, Long> lastAt) {}
