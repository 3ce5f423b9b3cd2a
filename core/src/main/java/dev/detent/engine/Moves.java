// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.Offset;
import dev.detent.machine.Timeout;
import dev.detent.store.EventRow;
import dev.detent.store.InstanceRow;
import dev.detent.store.InstanceWrite;
import dev.detent.store.Seen;
import dev.detent.store.TimerRow;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Records moves in a batch: the event, the instance after it, the timers that end and begin.
final class Moves {
  private final Partitions partitions;
  private final InstanceCache cache;

  Moves(LaneMemory memory) {
    this.partitions = memory.partitions();
    this.cache = memory.cache();
  }

  /// Records a decision, if it is a move.
  void apply(Decision decision, Origin origin, Into into) {
    if (!(decision instanceof Decision.Move move)) {
      return;
    }
    Instance before = into.instance();
    boolean inThisBatch = into.entry().batch() == into.forming().number();
    Key key = move.next().key();
    Seen seen = into.entry().mapped() ? seen(before) : null;
    if (before != null && before.timers() > 0) {
      into.forming().endTimers(key, into.partition(), before.version(), !inThisBatch);
    }
    cache.decided(into.entry(), move.next(), into.forming().number());
    partitions.happened(into.partition(), into.at());
    InstanceRow after = stored(move.next(), into.partition());
    long expected = into.entry().storedVersion();
    into.forming().moved(event(move, origin, into), new InstanceWrite(after, expected, seen));
    for (Timeout timeout : move.timeouts()) {
      long dueAt = into.at() + ceilMs(timeout.after());
      long version = move.next().version();
      into.forming()
          .startTimer(new TimerRow(key, into.partition(), version, timeout.name(), dueAt, null));
    }
  }

  static Seen seen(@Nullable Instance before) {
    return before == null || before.deleted()
        ? Seen.NOTHING
        : Seen.of(before.state(), before.value().json().text());
  }

  private EventRow event(Decision.Move move, Origin origin, Into into) {
    return new EventRow(
        new Offset(into.partition(), partitions.nextOffset(into.partition())),
        move.next().key(),
        move.next().version(),
        origin.command(),
        move.from(),
        move.next().shownState(),
        origin.input().text(),
        into.at(),
        origin.cause(),
        move.forced(),
        null);
  }

  static InstanceRow stored(Instance instance, int partition) {
    return new InstanceRow(
        instance.key(),
        partition,
        instance.state(),
        instance.value().json().text(),
        instance.version(),
        instance.definition(),
        instance.createdAt(),
        instance.updatedAt(),
        instance.enteredAt(),
        instance.timers(),
        null);
  }

  /// Returns a duration in whole milliseconds, rounded up so that nothing is early.
  static long ceilMs(Duration duration) {
    return duration.plusNanos(999_999).toMillis();
  }
}
