// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import org.jspecify.annotations.Nullable;

/// Holds a consumer's place in one partition.
///
/// @param consumer the consumer's name
/// @param partition the partition
/// @param offset the last event that it is done with; 0 before the first
/// @param owner the worker that reads on, or null
/// @param epoch how often it changed hands, was paused or reset: with the owner, the fence
/// @param attempt how often in a row the next event has failed
/// @param trouble why it failed last time, JSON, or null
/// @param stopped whether it gave up on the next event, until somebody resumes it
/// @param at when it last moved, in milliseconds since 1970 UTC
public record CursorRow(
    String consumer,
    int partition,
    long offset,
    @Nullable String owner,
    long epoch,
    int attempt,
    @Nullable String trouble,
    boolean stopped,
    long at) {
  /// Returns this cursor where it stands after an event that it is done with.
  public CursorRow movedTo(long after) {
    return new CursorRow(consumer, partition, after, owner, epoch, 0, null, false, at);
  }

  /// Returns this cursor after one more failure.
  public CursorRow failed(int attempts, String why) {
    return new CursorRow(consumer, partition, offset, owner, epoch, attempts, why, stopped, at);
  }
}
