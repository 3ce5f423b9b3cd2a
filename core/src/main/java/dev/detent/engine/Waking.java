// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.store.TimerRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Finds what is due in a lane: timers, entries of journals, next attempts, and the patience of
/// those who wait.
final class Waking {
  private final LaneMemory memory;
  private final LaneLimits limits;
  private final Journaling journaling;
  private final LaneEffects effects;

  Waking(LaneMemory memory, LaneLimits limits, Journaling journaling, LaneEffects effects) {
    this.memory = memory;
    this.limits = limits;
    this.journaling = journaling;
    this.effects = effects;
  }

  /// Returns what is to be decided because its time has come, and asks for more timers.
  List<Submission> due(long now) {
    var due = new ArrayList<Submission>();
    for (TimerRow timer : memory.alarms().due(now, limits.firingMax())) {
      due.add(new Submission.Due(timer));
    }
    if (memory.alarms().wants(now)) {
      int limit = memory.alarms().askLimit();
      long until = memory.alarms().ask(now);
      effects.loadTimers(
          new LaneEffects.Upcoming(
              memory.alarms().number(), memory.partitions().all(), until, limit));
    }
    for (Agenda.Wake wake : memory.agenda().due(now, limits.firingMax())) {
      Submission submission = journaling.due(wake);
      if (submission != null) {
        due.add(submission);
      }
    }
    return due;
  }

  /// Takes the timers that were asked for.
  void loaded(LaneEffects.Upcoming asked, List<TimerRow> rows) {
    if (memory.alarms().asks(asked.number())) {
      long until = rows.size() < asked.limit() ? Long.MAX_VALUE : rows.getLast().dueAt();
      List<TimerRow> mine =
          rows.stream().filter(row -> memory.partitions().has(row.partition())).toList();
      memory.alarms().loaded(mine, until);
    }
  }

  /// Takes note that timers could not be read.
  ///
  /// @return whether they are still wanted
  boolean failed(LaneEffects.Upcoming asked) {
    boolean wanted = memory.alarms().asks(asked.number());
    if (wanted) {
      memory.alarms().failed();
    }
    return wanted;
  }

  /// Returns the questions of those who have waited long enough: they are to be told how things
  /// stand.
  List<Submission> expired(long now) {
    var expired = new ArrayList<Submission>();
    for (Waiters.Waiter waiter : memory.waiters().expired(now)) {
      var request = new Request.Await(waiter.invocation(), Duration.ZERO);
      int partition = Ids.partition(waiter.invocation());
      expired.add(new Submission.AskedInvocation(request, partition, waiter.asked().asker()));
    }
    return expired;
  }

  /// Returns when to look again, in milliseconds since 1970 UTC.
  long wakeAt() {
    return Math.min(memory.alarms().wakeAt(limits.firingMax()), memory.agenda().wakeAt());
  }
}
