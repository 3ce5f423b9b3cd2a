// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Problem;
import dev.detent.codec.ProblemText;
import dev.detent.journal.Failures;
import dev.detent.store.InvocationRow;
import dev.detent.store.InvocationRow.Run;
import dev.detent.store.InvocationRow.Status;
import dev.detent.store.StepRow;
import dev.detent.store.StepRow.Kind;
import dev.detent.store.TimerRow;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Decides what is asked of an invocation: to be cancelled, killed, paused, resumed or begun anew,
/// to take an answer or a signal, or when it ends.
///
/// **Guarantees**: each is idempotent, and says whether it changed anything.
///
/// **Threads**: the lane's.
final class Controls {
  private final Agenda agenda;
  private final Waiters waiters;
  private final LaneEffects effects;
  private final Invoking invoking;
  private final Journaling journaling;
  private final InvocationLimits limits;

  Controls(
      LaneMemory memory,
      Invoking invoking,
      Journaling journaling,
      LaneEffects effects,
      InvocationLimits limits) {
    this.agenda = memory.agenda();
    this.waiters = memory.waiters();
    this.effects = effects;
    this.invoking = invoking;
    this.journaling = journaling;
    this.limits = limits;
  }

  /// Tells whether an invocation must be read from the store to decide about it.
  boolean unknown(String invocation) {
    return agenda.find(invocation) == null && agenda.ending(invocation) == null;
  }

  /// Decides.
  ///
  /// @param read the invocation as it was read, if it is not in memory, or null
  @Nullable Resting asked(
      Submission.AskedInvocation asked, @Nullable InvocationRow read, Where where) {
    String id = asked.request().invocation();
    Task task = agenda.find(id);
    if (task != null) {
      return open(asked, task, where);
    }
    Task ending = agenda.ending(id);
    if (ending != null) {
      return closed(asked, ending.row(), ending.batch(), where);
    }
    if (read == null) {
      boolean forgotten = asked.accepted(); // it was there once
      return new Resting(
          forgotten
              ? new Reply.Refused(Refusals.unfinished(id), id, false)
              : new Reply.Refused(Refusals.noInvocation(id)),
          0);
    }
    if (read.status().open()) {
      invoking.again(asked); // it has ended since it was read
      return Resting.nothing();
    }
    return closed(asked, read, 0, where);
  }

  private @Nullable Resting closed(
      Submission.AskedInvocation asked, InvocationRow row, long batch, Where where) {
    boolean scheduled = row.status() == Status.SCHEDULED;
    return switch (asked.request()) {
      case Request.Await await when scheduled && await.patience().isPositive() ->
          await(asked, await, where);
      case Request.Await _ when !scheduled -> new Resting(Replies.of(row, asked.replayed()), batch);
      case Request.Control control when scheduled -> scheduled(asked, control, row, where);
      default -> new Resting(new Reply.Standing(row.id(), row.status(), false), batch);
    };
  }

  private static long until(Request.Await await, Where where) {
    return where.at() + Moves.ceilMs(await.patience());
  }

  private @Nullable Resting scheduled(
      Submission.AskedInvocation asked, Request.Control control, InvocationRow row, Where where) {
    boolean kill = control.action() == Request.Action.KILL;
    if (!kill && control.action() != Request.Action.CANCEL) {
      return new Resting(new Reply.Standing(row.id(), row.status(), false), 0);
    }
    InvocationRow ended = ended(row, kill, where);
    where
        .forming()
        .endTimer(new TimerRow(row.key(), row.partition(), 0, row.id(), row.dueAt(), row.id()));
    where.forming().keep(ended);
    Task task = agenda.add(ended, where.forming().number());
    agenda.end(task);
    var reply = new Reply.Standing(ended.id(), ended.status(), true);
    where.forming().hold(asked, reply, () -> invoking.over(task));
    return null;
  }

  private InvocationRow ended(InvocationRow row, boolean kill, Where where) {
    Problem problem = Refusals.cancelled(row, kill ? "killed" : "cancelled before it ran");
    var end =
        new InvocationRow.End(
            where.at(),
            invoking.expiresAt(row, invoking.machines().apply(row.key().machine()), where.at()),
            null,
            ProblemText.write(problem),
            null,
            0);
    return row.ended(kill ? Status.KILLED : Status.CANCELLED, end, true);
  }

  private @Nullable Resting open(Submission.AskedInvocation asked, Task task, Where where) {
    return switch (asked.request()) {
      case Request.Await await -> await(asked, await, task, where);
      case Request.Complete complete -> complete(asked, complete, task, where);
      case Request.Signal signal -> signal(asked, signal, task, where);
      case Request.Control control ->
          switch (control.action()) {
            case CANCEL -> cancel(asked, task, where);
            case KILL -> kill(asked, task, where);
            case PAUSE -> pause(asked, task, where);
            case RESUME -> resume(asked, task, where);
            case RESTART -> restart(asked, task, where);
          };
    };
  }

  private Resting await(
      Submission.AskedInvocation asked, Request.Await await, Task task, Where where) {
    if (!await.patience().isPositive()) {
      return unchanged(task);
    }
    return await(asked, await, where);
  }

  /// Lets somebody wait from now on: what is told in the end is committed then.
  private Resting await(Submission.AskedInvocation asked, Request.Await await, Where where) {
    waiters.add(await.invocation(), asked, until(await, where), asked.replayed());
    return Resting.nothing();
  }

  private static Resting unchanged(Task task) {
    return unchanged(task, 0);
  }

  private static Resting unchanged(Task task, long batch) {
    var reply = new Reply.Standing(task.id(), task.row().status(), false);
    return new Resting(reply, Math.max(batch, task.batch()));
  }

  private @Nullable Resting complete(
      Submission.AskedInvocation asked, Request.Complete complete, Task task, Where where) {
    String place = complete.awakeable();
    String position = Ids.positionOf(place);
    boolean lives = Ids.lifeOf(place) == task.row().run().life();
    StepRow step = lives ? task.pending(position) : null;
    if (step == null || step.kind() != Kind.AWAKEABLE) {
      Task.Settled settled = lives ? task.settled(position) : null;
      return settled != null && settled.step().kind() == Kind.AWAKEABLE
          ? unchanged(task, settled.batch())
          : new Resting(new Reply.Refused(Refusals.noAwakeable(place)), task.batch());
    }
    String rejection = complete.rejection();
    StepRow ended =
        rejection == null
            ? step.ended(complete.value().text(), null, where.at())
            : step.ended(null, ProblemText.write(rejected(rejection)), where.at());
    where.forming().record(ended);
    task.settle(ended, where.forming().number());
    return changed(asked, task, where, () -> journaling.tell(task, ended));
  }

  private static Problem rejected(String why) {
    return Failures.rejected("REJECTED", why, Map.of());
  }

  private @Nullable Resting changed(
      Submission.AskedInvocation asked, Task task, Where where, Runnable then) {
    var reply = new Reply.Standing(task.id(), task.row().status(), true);
    where.forming().hold(asked, reply, then);
    return null;
  }

  private @Nullable Resting signal(
      Submission.AskedInvocation asked, Request.Signal signal, Task task, Where where) {
    if (task.signalled() > limits.signalsMax()) {
      Problem crowded = Refusals.crowded("invocation " + task.id(), "signals", limits.signalsMax());
      return new Resting(new Reply.Refused(crowded), task.batch());
    }
    var step =
        new StepRow(
            task.id(),
            task.row().run().life(),
            "signal." + invoking.nextOrdinal(where.partition()),
            where.partition(),
            Kind.SIGNAL,
            signal.name(),
            StepRow.Status.COMPLETED,
            null,
            signal.value().text(),
            null,
            where.at(),
            null);
    where.forming().record(step);
    task.journal();
    return changed(asked, task, where, () -> journaling.tell(task, step));
  }

  private @Nullable Resting cancel(Submission.AskedInvocation asked, Task task, Where where) {
    InvocationRow row = task.row();
    Run run = row.run();
    if (run.startedAt() == 0) {
      return end(asked, task, ended(row, false, where), where);
    }
    if (run.cancelled() && row.status() != Status.PAUSED) {
      return unchanged(task);
    }
    decide(task, Status.RUNNING, new Run(run.life(), 0, run.startedAt(), 0, true, null), where);
    List<StepRow> calls = List.copyOf(task.pending());
    for (StepRow step : calls) {
      if (step.kind() == Kind.CALL) {
        StepRow marked = step.cancelledAt(where.at());
        where.forming().record(marked);
        task.wait(marked);
      }
    }
    return changed(
        asked,
        task,
        where,
        () -> {
          ask(calls, Request.Action.CANCEL);
          if (task.live() != 0) {
            task.tell();
            effects.cancel(task.id(), task.live());
          } else {
            invoking.again(new Submission.Turn(task.key()));
          }
        });
  }

  private static void decide(Task task, Status status, Run run, Where where) {
    InvocationRow next = task.row().with(status, run);
    task.decided(next, where.forming().number());
    where.forming().keep(next);
  }

  private void ask(List<StepRow> callers, Request.Action how) {
    for (StepRow step : callers) {
      StepRow.Outgoing outgoing = step.outgoing();
      if (outgoing != null) {
        effects.ask(new Request.Control(outgoing.child(), how));
      }
    }
  }

  private @Nullable Resting kill(Submission.AskedInvocation asked, Task task, Where where) {
    return end(asked, task, ended(task.row(), true, where), where);
  }

  private @Nullable Resting end(
      Submission.AskedInvocation asked, Task task, InvocationRow ended, Where where) {
    long attempt = task.live();
    if (attempt != 0) {
      task.journal(); // it may be about to write to it
    }
    List<StepRow> left = List.copyOf(task.pending());
    invoking.end(task, ended, where);
    return changed(
        asked,
        task,
        where,
        () -> {
          effects.stop(task.id(), attempt);
          ask(left, Request.Action.KILL);
          invoking.over(task);
        });
  }

  private @Nullable Resting pause(Submission.AskedInvocation asked, Task task, Where where) {
    InvocationRow row = task.row();
    if (row.status() == Status.PAUSED) {
      return unchanged(task);
    }
    Run run = row.run();
    decide(
        task,
        Status.PAUSED,
        new Run(run.life(), run.attempt(), run.startedAt(), 0, run.cancelled(), null),
        where);
    long attempt = task.attempt();
    task.leave();
    InvocationRow paused = task.row();
    return changed(
        asked,
        task,
        where,
        () -> {
          effects.stop(task.id(), attempt);
          task.unattended(attempt);
          effects.stands(paused);
        });
  }

  private @Nullable Resting resume(Submission.AskedInvocation asked, Task task, Where where) {
    InvocationRow row = task.row();
    Run run = row.run();
    boolean waits = row.status() == Status.RUNNING && run.retryAt() > where.at();
    if (row.status() != Status.PAUSED && !waits) {
      return unchanged(task);
    }
    Status status = run.startedAt() == 0 ? Status.QUEUED : Status.RUNNING;
    decide(task, status, new Run(run.life(), 0, run.startedAt(), 0, run.cancelled(), null), where);
    return changed(asked, task, where, () -> invoking.again(new Submission.Turn(task.key())));
  }

  private @Nullable Resting restart(Submission.AskedInvocation asked, Task task, Where where) {
    Run run = task.row().run();
    if (run.startedAt() == 0) {
      return unchanged(task);
    }
    long attempt = task.live();
    if (task.journaled() || attempt != 0) {
      where.forming().clear(where.partition(), task.id());
    }
    List<StepRow> left = List.copyOf(task.pending());
    task.forget();
    task.leave();
    decide(task, Status.RUNNING, new Run(run.life() + 1, 0, where.at(), 0, false, null), where);
    return changed(
        asked,
        task,
        where,
        () -> {
          effects.stop(task.id(), attempt);
          task.unattended(attempt);
          ask(left, Request.Action.CANCEL);
          invoking.again(new Submission.Turn(task.key()));
        });
  }
}
