// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.store.Membership;
import dev.detent.store.NodeRow;
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
  /// Shows a node that nobody shares the store with.
  ///
  /// @param id its id
  /// @param startedAt when it started, in milliseconds since 1970 UTC
  /// @param rows the partitions of the store
  static NodeView alone(String id, long startedAt, Collection<PartitionRow> rows) {
    return new NodeView(id, null, startedAt, null, true, true, owned(id, rows));
  }

  /// Shows all nodes that share a store, those too that have died lately.
  ///
  /// @param self the id of the one that says so
  static List<NodeView> all(Membership membership, String self) {
    return membership.nodes().stream().map(node -> of(node, membership, self)).toList();
  }

  private static NodeView of(NodeRow node, Membership membership, String self) {
    return new NodeView(
        node.id(),
        node.address(),
        node.startedAt(),
        node.expiresAt(),
        node.expiresAt() > membership.now(),
        node.id().equals(self),
        owned(node.id(), membership.partitions()));
  }

  private static List<Integer> owned(String id, Collection<PartitionRow> rows) {
    return rows.stream()
        .filter(row -> id.equals(row.owner()))
        .map(PartitionRow::partition)
        .toList();
  }
}
