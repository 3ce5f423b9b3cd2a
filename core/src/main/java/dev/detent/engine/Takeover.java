// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.engine.Submission.AskedInvocation.Since;
import dev.detent.store.StepRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Takes up what is unfinished when partitions come to a lane or are read again, and sends on what
/// waits for those that have gone.
final class Takeover {
  private final LaneMemory memory;
  private final LaneEffects effects;
  private final Invoking invoking;

  Takeover(LaneMemory memory, LaneEffects effects, Invoking invoking) {
    this.memory = memory;
    this.effects = effects;
    this.invoking = invoking;
  }

  /// Takes up what is unfinished in the partitions that are owned.
  ///
  /// @param committed the number of the last committed batch
  /// @return what is to be asked again
  List<Submission> takeUp(LaneEffects.Ground ground, long committed, long now) {
    Partitions mine = memory.partitions();
    Agenda agenda = memory.agenda();
    agenda.load(
        ground.open().stream().filter(row -> mine.has(row.partition())).toList(),
        ground.pending().stream().filter(step -> mine.has(step.partition())).toList(),
        committed,
        mine.epochs());
    agenda.orphans().forEach(task -> effects.stop(task.id(), task.live()));
    for (StepRow step : ground.pending()) {
      if (step.outgoing() != null && mine.has(step.partition())) {
        effects.deliver(step);
        cancel(step, step.outgoing());
      }
    }
    invoking.wake(now);
    var again = new ArrayList<Submission>();
    for (Waiters.Waiter waiter : memory.waiters().take(id -> agenda.find(id) == null)) {
      again.add(again(waiter, now));
    }
    return again;
  }

  private void cancel(StepRow step, StepRow.Outgoing outgoing) {
    if (step.kind() == StepRow.Kind.CALL && step.dueAt() != null) {
      effects.ask(new Request.Control(outgoing.child(), Request.Action.CANCEL));
    }
  }

  private static Submission again(Waiters.Waiter waiter, long now) {
    long ms = Math.min(waiter.until(), Long.MAX_VALUE / 2) - now;
    var request = new Request.Await(waiter.invocation(), Duration.ofMillis(Math.max(ms, 1)));
    int partition = Ids.partition(waiter.invocation());
    return new Submission.AskedInvocation(
        request, partition, waiter.asked().asker(), since(waiter));
  }

  private static Since since(Waiters.Waiter waiter) {
    boolean awaits =
        waiter.asked() instanceof Submission.AskedInvocation asked && !asked.accepted();
    return waiter.replayed() ? Since.REPEATED : awaits ? Since.NOW : Since.ACCEPTED;
  }

  /// Sends a submission on if its partition is not owned any more.
  ///
  /// @return whether it was
  boolean sendOn(Submission submission) {
    boolean away = !memory.partitions().has(partition(submission));
    if (away) {
      astray(submission);
    }
    return away;
  }

  /// Sends on what is for a partition that is not owned.
  void astray(Submission submission) {
    switch (submission) {
      case Submission.Asked asked -> effects.elsewhere(asked);
      case Submission.OfAttempt of -> effects.stop(of.of(), of.attempt());
      case Submission.Due due -> memory.alarms().fired(due.timer());
      case Submission.Barrier barrier -> barrier.reached().accept(false);
      default -> {}
    }
  }

  /// Returns the partition that a submission is for.
  int partition(Submission submission) {
    return switch (submission) {
      case Submission.OfInstance of -> memory.partitions().of(of.key());
      case Submission.OfInvocation of -> of.partition();
      case Submission.Barrier barrier -> barrier.partition();
    };
  }

  /// Tells whether a submission follows from the open invocations that the store has of some
  /// partitions, and is made again from them.
  boolean comesAgain(Submission submission, Set<Integer> of) {
    return comesAgain(submission)
        && !(submission instanceof Submission.Due)
        && of.contains(partition(submission));
  }

  /// Tells whether a submission follows from what the store has, and is made again from it.
  static boolean comesAgain(Submission submission) {
    return submission instanceof Submission.Due
        || submission instanceof Submission.Turn
        || submission instanceof Submission.Turned
        || submission instanceof Submission.Late;
  }
}
