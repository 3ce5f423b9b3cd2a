// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import dev.detent.Offset;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Holds what workers must know of each other.
///
/// @param now the store's time, in milliseconds since 1970 UTC
/// @param workers who runs consumers; those that have expired too
/// @param consumers the consumers that were asked for, by name
/// @param cursors their cursors, by consumer and partition
/// @param wanted by consumer the dead letters that are to be tried again
public record Consuming(
    long now,
    List<WorkerRow> workers,
    Map<String, ConsumerRow> consumers,
    List<CursorRow> cursors,
    Map<String, Set<Offset>> wanted) {}
