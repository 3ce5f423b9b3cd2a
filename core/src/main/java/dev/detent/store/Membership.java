// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import java.util.List;

/// Shows who shares a store, all at one moment.
///
/// @param now the store's time then, in milliseconds since 1970 UTC
/// @param nodes the nodes, dead ones too until they are forgotten, by ascending id
/// @param partitions the partitions, ascending
public record Membership(long now, List<NodeRow> nodes, List<PartitionRow> partitions) {}
