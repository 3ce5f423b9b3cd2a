// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Offset;
import dev.detent.codec.Json;
import dev.detent.machine.Timeout;
import dev.detent.store.Batch;
import dev.detent.store.EventRow;
import dev.detent.store.Fence;
import dev.detent.store.InstanceWrite;
import dev.detent.store.PartitionRow;
import dev.detent.store.Seen;
import dev.detent.store.TimerDrop;
import dev.detent.store.TimerRow;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Writes one move as what a commit of it alone would be.
///
/// @param partition the instance's partition
/// @param before the instance as it is, or null if it is not stored
/// @param move what was decided
/// @param seen of a mapped instance, what was seen of its row; otherwise null
record JoinedMove(
    int partition, @Nullable Instance before, Decision.Move move, @Nullable Seen seen) {
  /// Returns its event.
  EventRow event(long offset, String command, Json input, @Nullable Json metadata) {
    Instance next = move.next();
    return new EventRow(
        new Offset(partition, offset),
        next.key(),
        next.version(),
        command,
        move.from(),
        next.shownState(),
        input.text(),
        next.updatedAt(),
        "command",
        move.forced(),
        metadata == null ? null : metadata.text());
  }

  /// Returns the instance after it.
  InstanceWrite write() {
    long expected = before == null ? 0 : before.version();
    return new InstanceWrite(Moves.stored(move.next(), partition), expected, seen);
  }

  /// Returns all that is written.
  ///
  /// @param row the partition as it is
  Batch batch(PartitionRow row, EventRow event) {
    var fence = new Fence(partition, row.epoch(), row.seq(), row.lastOffset(), 1);
    return new Batch(
        UUID.randomUUID().toString(),
        List.of(fence),
        List.of(write()),
        List.of(event),
        move.timeouts().stream().map(this::timer).toList(),
        ended(),
        List.of(),
        List.of(),
        List.of());
  }

  private TimerRow timer(Timeout timeout) {
    Instance next = move.next();
    long dueAt = next.updatedAt() + Moves.ceilMs(timeout.after());
    return new TimerRow(next.key(), partition, next.version(), timeout.name(), dueAt, null);
  }

  private List<TimerDrop> ended() {
    return before == null || before.timers() == 0
        ? List.of()
        : List.of(new TimerDrop(before.key(), before.version(), null));
  }
}
