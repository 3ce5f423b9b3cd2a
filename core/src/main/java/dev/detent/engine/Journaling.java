// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.codec.Codec;
import dev.detent.codec.Json;
import dev.detent.codec.ProblemText;
import dev.detent.journal.Entry;
import dev.detent.journal.Failures;
import dev.detent.store.InvocationRow;
import dev.detent.store.InvocationRow.Run;
import dev.detent.store.InvocationRow.Status;
import dev.detent.store.StepRow;
import dev.detent.store.StepRow.Kind;
import dev.detent.store.StepRow.Outgoing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Decides about the entries of journals: records what attempts report, and completes what waits.
///
/// **Guarantees**: an entry that is not pending any more never changes. What an attempt that is not
/// the current one reports is not recorded.
///
/// **Threads**: the lane's.
final class Journaling {
  private final Agenda agenda;
  private final Partitions partitions;
  private final LaneEffects effects;
  private final Invoking invoking;

  Journaling(LaneMemory memory, Invoking invoking, LaneEffects effects) {
    this.agenda = memory.agenda();
    this.partitions = memory.partitions();
    this.invoking = invoking;
    this.effects = effects;
  }

  /// Records what an attempt reports.
  @Nullable Resting append(Submission.Append append, Where where) {
    Task task = agenda.find(append.of());
    boolean current = task != null && task.attempt() == append.attempt();
    if (task == null || !current || task.row().status() != Status.RUNNING) {
      return invoking.stale(append);
    }
    Entry entry = append.entry();
    Task.Settled settled = task.settled(entry.position());
    if (settled != null) {
      where.forming().hold(append, null, () -> append.recorded().accept(settled.step()));
      return null;
    }
    StepRow waiting = task.pending(entry.position());
    if (waiting != null && entry.status() == StepRow.Status.PENDING) {
      where.forming().hold(append, null, () -> append.recorded().accept(waiting));
      return null;
    }
    StepRow step =
        waiting == null
            ? step(task, entry, where)
            : waiting.ended(entry.value(), entry.problem(), where.at());
    where.forming().record(step);
    task.journal();
    boolean pending = step.status() == StepRow.Status.PENDING;
    if (pending && step.kind() != Kind.SEND) {
      task.wait(step);
    } else if (waiting != null) {
      task.settle(step, where.forming().number());
    }
    progress(task);
    where
        .forming()
        .hold(
            append,
            null,
            () -> {
              task.settled(step);
              append.recorded().accept(step);
              if (pending) {
                begin(task, step);
              }
            });
    return null;
  }

  private static void progress(Task task) {
    task.progressed();
    InvocationRow row = task.row();
    Run run = row.run();
    if (run.attempt() > 0) {
      var fresh = new Run(run.life(), 0, run.startedAt(), 0, run.cancelled(), null);
      task.decided(row.with(row.status(), fresh), task.batch());
    }
  }

  /// Does what a committed entry waits for, unless the same batch has dropped it again.
  private void begin(Task task, StepRow step) {
    Long dueAt = step.dueAt();
    boolean waits = agenda.find(task.id()) == task && task.pending(step.position()) != null;
    if (step.kind() != Kind.SEND && !waits) {
      return;
    }
    if (step.outgoing() != null) {
      effects.deliver(step);
    } else if (dueAt != null) {
      agenda.wakeAt(dueAt, task, step.position());
    }
  }

  private StepRow step(Task task, Entry entry, Where where) {
    Duration delay = entry.delay();
    Entry.Outgoing request = entry.request();
    Outgoing outgoing = request == null ? null : outgoing(task, entry.kind(), request, where);
    Problem cycle =
        outgoing == null || entry.kind() != Kind.CALL ? null : cycle(task, outgoing.key());
    return new StepRow(
        task.id(),
        task.row().run().life(),
        entry.position(),
        where.partition(),
        entry.kind(),
        entry.name(),
        cycle == null ? entry.status() : StepRow.Status.FAILED,
        outgoing,
        entry.value(),
        cycle == null ? entry.problem() : ProblemText.write(cycle),
        where.at(),
        delay == null ? null : where.at() + Moves.ceilMs(delay));
  }

  private Outgoing outgoing(Task task, Kind kind, Entry.Outgoing request, Where where) {
    String child = invoking.childId(partitions.of(request.key()), where.partition());
    String chain = kind == Kind.CALL ? write(chain(task)) : "";
    return new Outgoing(child, request.key(), request.command(), request.input(), chain);
  }

  /// Returns the instances that wait for each other, down to this one.
  private static List<String> chain(Task task) {
    InvocationRow.Parent parent = task.row().parent();
    var chain = new ArrayList<String>();
    if (parent != null && !parent.chain().isEmpty()) {
      String[] links =
          (String[]) Codec.standard().read(Json.trusted(parent.chain()), String[].class);
      chain.addAll(List.of(links));
    }
    chain.add(task.key().toString());
    return chain;
  }

  private static String write(List<String> chain) {
    return Codec.standard().write(chain).text();
  }

  private static @Nullable Problem cycle(Task task, Key target) {
    List<String> chain = chain(task);
    if (!chain.contains(target.toString())) {
      return null;
    }
    String text = String.join(" → ", chain) + " → " + target;
    return Problem.of(
            ErrorCode.HANDLER_FAILED,
            "call of "
                + target
                + ": expected an instance that does not wait for this one, got a cycle of calls: "
                + text
                + "; it would wait for ever, use send for one of them")
        .with("cycle", text);
  }

  /// Records what came of a call or a send.
  @Nullable Resting answered(Submission.Answered answered, Where where) {
    StepRow step = answered.step();
    Task task = agenda.find(step.invocation());
    boolean lives = task != null && task.row().run().life() == step.life();
    if (step.kind() == Kind.SEND) {
      if (lives) {
        where.forming().record(step.ended(null, null, where.at()));
      } else {
        where.forming().clear(step);
      }
      where.forming().hold(answered, null);
      return null;
    }
    if (task == null || !lives || task.pending(step.position()) == null) {
      return Resting.nothing();
    }
    StepRow ended =
        switch (answered.reply()) {
          case Reply.Done done -> step.ended(done.output().text(), null, where.at());
          case Reply.Refused refused ->
              step.ended(null, ProblemText.write(refused.problem()), where.at());
          default -> throw new IllegalStateException("no answer to a call: " + answered.reply());
        };
    complete(answered, task, ended, where);
    return null;
  }

  /// Completes an entry that waits, and tells whoever runs the handler.
  void complete(Submission by, Task task, StepRow ended, Where where) {
    where.forming().record(ended);
    task.settle(ended, where.forming().number());
    where.forming().hold(by, null, () -> tell(task, ended));
  }

  /// Tells the attempt what came, or starts one. Also one of which it is only decided that it is to
  /// stop is told: that may not be committed.
  void tell(Task task, StepRow step) {
    task.settled(step);
    if (task.live() != 0) {
      task.tell();
      effects.completed(task.id(), task.live(), step);
    } else {
      invoking.again(new Submission.Turn(task.key()));
    }
  }

  /// Does what is due.
  ///
  /// @return what is to be decided for it, or null
  @Nullable Submission due(Agenda.Wake wake) {
    Task task = agenda.find(wake.invocation());
    if (task == null || task.row().status() != Status.RUNNING) {
      return null;
    }
    StepRow step = wake.position().isEmpty() ? null : task.pending(wake.position());
    if (wake.position().isEmpty() || (step != null && task.attempt() == 0)) {
      boolean late = step != null && step.kind() == Kind.AWAKEABLE;
      return late
          ? new Submission.Late(task.row().partition(), wake)
          : new Submission.Turn(task.key());
    }
    if (step == null) {
      return null;
    }
    if (step.kind() == Kind.AWAKEABLE) {
      return new Submission.Late(task.row().partition(), wake);
    }
    task.tell();
    effects.completed(task.id(), task.attempt(), step.ended(null, null, wake.at()));
    return null;
  }

  /// Records that an awakeable's deadline has passed.
  @Nullable Resting late(Submission.Late late, Where where) {
    Task task = agenda.find(late.wake().invocation());
    StepRow step = task == null ? null : task.pending(late.wake().position());
    if (task == null || step == null || task.row().run().life() != late.wake().life()) {
      return Resting.nothing();
    }
    Problem problem = Failures.deadlinePassed(step);
    complete(late, task, step.ended(null, ProblemText.write(problem), where.at()), where);
    return null;
  }
}
