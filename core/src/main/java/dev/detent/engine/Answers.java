// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.store.Token;
import java.util.ArrayList;

/// Answers those who wait in a lane, each once.
final class Answers {
  private final LaneMemory memory;
  private final LaneEffects effects;

  Answers(LaneMemory memory, LaneEffects effects) {
    this.memory = memory;
    this.effects = effects;
  }

  /// Gives an answer that is true on disk now.
  ///
  /// @param committed the number of the last committed batch
  void release(Job.Held held, long committed) {
    Reply reply = held.reply();
    Runnable then = held.then();
    if (then != null) {
      then.run();
    }
    switch (held.submission()) {
      case Submission.Asked asked when reply != null -> effects.answer(asked, reply);
      case Submission.Due due when then == null -> memory.alarms().fired(due.timer());
      default -> {}
    }
    Token token = held.submission().token();
    if (token != null) {
      memory.tokens().settled(token, committed);
    }
  }

  /// Refuses; what nobody waits for is reported only if it can't be helped.
  void refuse(Submission submission, Problem problem) {
    switch (submission) {
      case Submission.AskedInvocation asked when asked.accepted() -> {
        String id = asked.request().invocation();
        effects.answer(asked, new Reply.Refused(Refusals.unfinished(id), id, false));
      }
      case Submission.Asked asked -> effects.answer(asked, new Reply.Refused(problem));
      case Submission.OfAttempt of -> {
        memory.agenda().unattend(of.of(), of.attempt());
        effects.stop(of.of(), of.attempt());
      }
      case Submission.OfInstance of when problem.code() == ErrorCode.INTERNAL ->
          effects.troubled(of.key(), problem);
      case Submission.Barrier barrier -> barrier.reached().accept(false);
      default -> {}
    }
  }

  /// Refuses, but lets a timer try again.
  void postpone(Submission submission, Problem problem) {
    if (submission instanceof Submission.Due due) {
      memory.alarms().postpone(due.timer());
    } else {
      refuse(submission, problem);
    }
  }

  /// Tells those who wait for the end of an invocation that it goes on without this lane.
  void forsakeWaiters() {
    for (Waiters.Waiter waiter : memory.waiters().take(_ -> true)) {
      Problem unfinished = Refusals.unfinished(waiter.invocation());
      effects.answer(waiter.asked(), new Reply.Refused(unfinished, waiter.invocation(), false));
    }
  }

  /// Tells those who wait for a job that nobody knows what became of it. Whoever asked for nothing
  /// to be written, and wants no earlier answer either, stays: it can be answered again.
  void forsake(Job lost) {
    var again = new ArrayList<Job.Held>();
    for (Job.Held held : lost.held()) {
      if (held.writes() || held.submission().token() != null) {
        Problem unknown = Refusals.unknown(held.submission());
        boolean named = held.reply() instanceof Reply.Done done && !done.replayed();
        String id = held.reply() instanceof Reply.Done done ? done.id() : "";
        refuse(held.submission(), named ? unknown.with("id", id) : unknown);
      } else {
        again.add(held);
      }
    }
    lost.held().clear();
    lost.held().addAll(again);
    // Attempts may not have heard what is recorded, so they begin anew.
    for (Task task : memory.agenda().all()) {
      if (task.live() != 0) {
        effects.stop(task.id(), task.live());
        task.unattended();
      }
    }
  }
}
