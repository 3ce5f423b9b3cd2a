// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.store.PartitionRow;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Shows a node that shares a store: who it is, and what it owns.
///
/// @param id its id, new with each start
/// @param address where other nodes reach it, or null if none do
/// @param startedAt when it started, in milliseconds since 1970 UTC
/// @param expiresAt until when it counts as alive unless it says so again, in milliseconds since
///   1970 UTC; null if nothing but its end can take its partitions away
/// @param alive whether it counts as alive
/// @param self whether it is the one that says so
/// @param partitions what it owns, ascending
public record NodeView(
    String id,
    @Nullable String address,
    long startedAt,
    @Nullable Long expiresAt,
    boolean alive,
    boolean self,
    List<Integer> partitions) {
  /// Copies the list.
  public NodeView {
    partitions = List.copyOf(partitions);
  }

  /// Shows a node that nobody shares the store with.
  ///
  /// @param id its id
  /// @param startedAt when it started, in milliseconds since 1970 UTC
  /// @param rows the partitions of the store
  static NodeView alone(String id, long startedAt, Collection<PartitionRow> rows) {
    List<Integer> owned =
        rows.stream().filter(row -> id.equals(row.owner())).map(PartitionRow::partition).toList();
    return new NodeView(id, null, startedAt, null, true, true, owned);
  }
}
