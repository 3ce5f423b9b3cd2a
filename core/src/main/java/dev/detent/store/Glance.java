// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import org.jspecify.annotations.Nullable;

/// Shows an instance without locks, and all that must still hold when a move of it is written.
///
/// @param instance the instance
/// @param stored what the store's own table has of it: the same, unless it is mapped
/// @param previous the place of its last event in its partition
/// @param epoch how often its partition changed hands
/// @param ownerBatch the last commit of the partition's owner, or null if there was none; there was
///   no handler on the instance then
/// @param lastAt no event of the partition is later, in milliseconds since 1970 UTC
public record Glance(
    InstanceRow instance,
    InstanceRow stored,
    long previous,
    long epoch,
    @Nullable String ownerBatch,
    long lastAt) {
  /// Returns the same, showing a mapped instance by its row.
  public Glance showing(InstanceRow mapped) {
    return new Glance(mapped, stored, previous, epoch, ownerBatch, lastAt);
  }
}
