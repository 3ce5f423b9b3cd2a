// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.codec.ProblemText;
import dev.detent.journal.Assignment;
import dev.detent.journal.Ending;
import dev.detent.machine.Machine;
import dev.detent.machine.Situation;
import dev.detent.store.InvocationRow;
import dev.detent.store.InvocationRow.Run;
import dev.detent.store.InvocationRow.Status;
import dev.detent.store.StepRow;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Decides about invocations as wholes: who waits in line, who begins, what a handler's end means.
///
/// **Guarantees**: one invocation of an instance runs at a time, in the order of their acceptance.
/// An attempt starts after the commit of everything that it is based on.
///
/// **Threads**: the lane's.
final class Invoking {
  private final Agenda agenda;
  private final Waiters waiters;
  private final LaneEffects effects;
  private final Partitions partitions;
  private final Moves moves;
  private final Setting setting;
  private final ArrayDeque<Submission> following = new ArrayDeque<>();
  private final Map<String, Problem> spoiled = new HashMap<>();
  private long numbers;
  private long attempts;

  /// Says by what rules to decide.
  ///
  /// @param machines finds a definition by its name
  /// @param keepMs how long answers are kept, in milliseconds, unless the machine says otherwise
  /// @param limits the bounds
  record Setting(
      Function<String, @Nullable Machine> machines, long keepMs, InvocationLimits limits) {}

  Invoking(LaneMemory memory, Moves moves, LaneEffects effects, Setting setting) {
    this.agenda = memory.agenda();
    this.waiters = memory.waiters();
    this.partitions = memory.partitions();
    this.effects = effects;
    this.moves = moves;
    this.setting = setting;
  }

  /// Returns how to find a definition by its name.
  Function<String, @Nullable Machine> machines() {
    return setting.machines();
  }

  /// Returns the next id of an invocation that a client asks for.
  String nextId(int partition) {
    return Ids.of(partition, partitions.epoch(partition), ++numbers);
  }

  /// Returns the next id of an invocation that a handler asks for.
  String childId(int target, int partition) {
    return Ids.child(target, partition, partitions.epoch(partition), ++numbers);
  }

  /// Returns the next place in a line.
  long nextOrdinal(int partition) {
    return Ids.ordinal(partitions.epoch(partition), ++numbers);
  }

  /// Tells whether an instance has open invocations.
  boolean busy(Key key) {
    return agenda.busy(key);
  }

  /// Tells whether an invocation is in line, or its end is decided but not committed.
  boolean decided(String invocation) {
    return agenda.find(invocation) != null || agenda.ending(invocation) != null;
  }

  /// Has something decided right after this.
  void again(Submission submission) {
    following.addLast(submission);
  }

  /// Returns what is to be decided next, or null.
  @Nullable Submission takeFollowing() {
    return following.pollFirst();
  }

  /// Lets a timer wait for its turn.
  void defer(Submission.Due due, int partition) {
    agenda.defer(new Agenda.Deferred(due, nextOrdinal(partition)));
  }

  /// Returns a timer whose turn it is and takes it out of the line, or null.
  Agenda.@Nullable Deferred takeTimer(Key key) {
    return agenda.takeTimer(key);
  }

  /// Returns why an instance's line takes no more, or null.
  @Nullable Problem crowded(Key key) {
    int most = setting.limits().queueMax();
    return agenda.length(key) > most
        ? Refusals.crowded(key.toString(), "commands that wait for their turn", most).at(key)
        : overloaded();
  }

  /// Returns why no more invocations are accepted, or null.
  @Nullable Problem overloaded() {
    int most = setting.limits().openMax();
    return agenda.size() >= most ? Refusals.crowded("this node", "open invocations", most) : null;
  }

  /// Shows an instance and what runs on it.
  Resting shown(Decision decision, Key key, long batch) {
    Reply reply = Replies.of(decision, "");
    Task task = agenda.head(key);
    if (task == null || task.row().status() == Status.QUEUED || !(reply instanceof Reply.Found f)) {
      return new Resting(reply, Math.max(batch, agenda.moved(key)));
    }
    var running = new dev.detent.engine.Running(task.row(), agenda.length(key) - 1);
    return new Resting(new Reply.Found(f.instance(), running), Math.max(batch, task.batch()));
  }

  /// Puts a command at the end of its instance's line.
  InvocationRow enqueue(InvocationRow row, Into into) {
    InvocationRow queued = row.queued(nextOrdinal(into.partition()));
    agenda.add(queued, into.forming().number());
    return queued;
  }

  /// Begins a handler on an idle instance, or for a timer whose turn it is.
  ///
  /// @param ordinal its place among those of the instance; 0 for a new one
  InvocationRow begin(InvocationRow row, long ordinal, Into into) {
    long place = ordinal == 0 ? nextOrdinal(into.partition()) : ordinal;
    InvocationRow begun = started(row.queued(place), into.at());
    agenda.addFirst(begun, into.forming().number());
    return begun;
  }

  private static InvocationRow started(InvocationRow row, long at) {
    Run run = row.run();
    return row.with(Status.RUNNING, new Run(run.life(), 0, at, 0, run.cancelled(), null));
  }

  /// Does what follows from the commit of an acceptance.
  void accepted(InvocationRow row) {
    effects.stands(row);
    if (row.status() == Status.RUNNING) {
      again(new Submission.Turn(row.key()));
    }
  }

  /// Lets somebody wait for the end of an invocation, as long as it takes.
  void await(String invocation, Submission.Asked asked) {
    waiters.add(invocation, asked, Long.MAX_VALUE, false);
  }

  /// Lets somebody wait who repeats a request.
  ///
  /// @return null if the invocation is not open any more
  @Nullable Resting join(Submission.Asked asked, String invocation, long batch, boolean replayed) {
    Task ending = agenda.ending(invocation);
    if (ending != null) {
      return new Resting(Replies.of(ending.row(), replayed), ending.batch());
    }
    Task task = agenda.find(invocation);
    if (task == null) {
      return null;
    }
    return new Resting(
        null, Math.max(batch, task.batch()), true, () -> join(asked, invocation, replayed));
  }

  private void join(Submission.Asked asked, String invocation, boolean replayed) {
    if (!decided(invocation)) {
      again(asked); // it has ended meanwhile, and told those who waited then
    } else {
      waiters.add(invocation, asked, Long.MAX_VALUE, replayed);
    }
  }

  /// Answers a delivery that came before.
  ///
  /// @param known the invocation as it was read, or null if there was none
  /// @return null if it is new
  @Nullable Resting repeated(
      Submission.AskedInstance asked,
      Request.Deliver deliver,
      @Nullable InvocationRow known,
      long batch) {
    Task open = agenda.find(deliver.id());
    Task task = open == null ? agenda.ending(deliver.id()) : open;
    if (task == null && known == null) {
      return null;
    }
    if (!deliver.answered()) {
      long rests = task == null ? batch : Math.max(batch, task.batch());
      return new Resting(new Reply.Accepted(deliver.id(), true), rests);
    }
    Resting joined = join(asked, deliver.id(), batch, false);
    if (joined != null) {
      return joined;
    }
    if (known != null && known.end() != null) {
      return new Resting(Replies.of(known, false), batch);
    }
    if (known != null && known.status() == Status.SCHEDULED) {
      await(known.id(), asked);
    } else {
      again(asked); // it has ended since it was read
    }
    return Resting.nothing();
  }

  /// Decides about the first in an instance's line.
  @Nullable Resting turn(Submission.Turn turn, Machine machine, Into into) {
    Task task = agenda.head(turn.key());
    if (task == null) {
      return Resting.nothing();
    }
    return switch (task.row().status()) {
      case QUEUED -> next(turn, task, machine, into);
      case RUNNING -> attempt(task, machine, into);
      default -> Resting.nothing();
    };
  }

  private @Nullable Resting next(Submission.Turn turn, Task task, Machine machine, Into into) {
    InvocationRow row = task.row();
    Decision decision = decide(row, machine, into);
    var turned = new Submission.Turned(turn.key(), row.id());
    if (!(decision instanceof Decision.Begin)) {
      end(turned, task, decision, into);
      return null;
    }
    InvocationRow begun = started(row, into.at());
    task.decided(begun, into.forming().number());
    into.forming().keep(begun);
    into.forming().hold(turned, null, () -> accepted(begun));
    return null;
  }

  /// Decides what an invocation wishes, unless the store has refused that.
  Decision decide(InvocationRow row, Machine machine, Into into) {
    Problem refused = spoiled.get(row.id());
    return refused == null
        ? Kernel.command(machine, into.instance(), Wish.of(row), into.at())
        : new Decision.Refuse(refused);
  }

  /// Takes note that the store refuses what an invocation does, whose turn it was: it is to end.
  void spoil(String invocation, Problem problem) {
    spoiled.put(invocation, problem);
  }

  /// Starts an attempt, unless one runs, or the handler stands still for sure.
  private Resting attempt(Task task, Machine machine, Into into) {
    InvocationRow row = task.row();
    if (task.attempt() != 0 || agenda.waits(task, into.at())) {
      return Resting.nothing();
    }
    Decision.Begin begin = Kernel.begin(machine, into.instance(), row);
    long batch = Math.max(into.entry().batch(), task.batch());
    if (begin == null) {
      pause(new Submission.Turn(row.key()), task, Kernel.gone(row), into.where());
      return Resting.nothing();
    }
    Instance from = begin.from();
    var situation =
        new Situation(
            row.key(),
            from == null ? null : from.state(),
            from == null ? null : from.value(),
            Json.trusted(row.input()),
            Instant.ofEpochMilli(row.run().startedAt()));
    return new Resting(
        null,
        batch,
        false,
        () -> launch(row, a -> new Assignment(row, machine, begin.transition(), situation, a)));
  }

  private void launch(InvocationRow row, Function<Long, Assignment> assignment) {
    Task task = agenda.find(row.id());
    if (task == null || task.attempt() != 0 || !task.row().equals(row)) {
      return;
    }
    long epoch = partitions.epoch(row.partition());
    task.attempted(++attempts, epoch);
    for (StepRow step : task.pending()) {
      Long dueAt = step.dueAt();
      if (dueAt != null && step.kind() != StepRow.Kind.CALL) {
        agenda.wakeAt(dueAt, task, step.position());
      }
    }
    effects.attempt(assignment.apply(attempts), !task.journaled(), epoch);
  }

  /// Looks after the first of each line, after they were read from the store.
  void wake(long now) {
    for (Key key : agenda.lines()) {
      Task task = agenda.head(key);
      if (task == null || task.attempt() != 0 || task.row().status() == Status.PAUSED) {
        continue;
      }
      if (!agenda.waits(task, now)) {
        again(new Submission.Turn(key));
      }
    }
  }

  /// Forgets what was to be decided next, and returns it.
  List<Submission> clear() {
    List<Submission> all = List.copyOf(following);
    following.clear();
    return all;
  }

  /// Ignores what an attempt says that is not the current one, as soon as that is committed.
  Resting stale(Submission.OfAttempt said) {
    Task task = agenda.find(said.of());
    task = task == null ? agenda.ending(said.of()) : task;
    return task != null && task.live() == said.attempt()
        ? new Resting(null, task.batch(), false, null)
        : Resting.nothing();
  }

  /// Decides what the end of an attempt means.
  @Nullable Resting ended(Submission.Ended ended, @Nullable Machine machine, Into into) {
    Task task = agenda.find(ended.of());
    if (task == null || task.attempt() != ended.attempt()) {
      return stale(ended);
    }
    switch (ended.ending()) {
      case Ending.Unwound unwound -> {
        task.unattended();
        if (unwound.heard() < task.told()) {
          again(new Submission.Turn(ended.key()));
        }
        return Resting.nothing();
      }
      case Ending.Retry retry -> retry(ended, task, retry.problem(), into.where());
      case Ending.Mismatched mismatched -> pause(ended, task, mismatched.problem(), into.where());
      case Ending.Failed failed -> end(ended, task, refuse(failed.problem(), ended), into);
      case Ending.Cancelled cancelled -> end(ended, task, refuse(cancelled.problem(), ended), into);
      case Ending.Returned returned when machine != null -> {
        InvocationRow row = task.row();
        Decision decision =
            Kernel.finish(machine, into.instance(), row, returned.outcome(), into.at());
        if (decision instanceof Decision.Refuse refuse) {
          pause(ended, task, refuse.problem(), into.where());
        } else {
          end(ended, task, decision, into);
        }
      }
      case Ending.Returned _ ->
          pause(ended, task, Refusals.noMachine(ended.key().machine()), into.where());
    }
    return null;
  }

  private static Decision refuse(Problem problem, Submission.Ended ended) {
    return new Decision.Refuse(problem.at(ended.key()));
  }

  private void retry(Submission by, Task task, Problem problem, Where where) {
    InvocationRow row = task.row();
    Run run = row.run();
    boolean outage = problem.code() == ErrorCode.UNAVAILABLE; // the handler can't help it
    int failed = outage ? Math.max(1, run.attempt()) : run.attempt() + 1;
    if (!outage && failed >= setting.limits().attemptsMax()) {
      pause(by, task, problem, where);
      return;
    }
    long retryAt = where.at() + setting.limits().backoffMs(outage ? task.outage() : failed);
    var next =
        new Run(
            run.life(),
            failed,
            run.startedAt(),
            retryAt,
            run.cancelled(),
            ProblemText.write(problem));
    InvocationRow waiting = row.with(Status.RUNNING, next);
    long attempt = task.attempt();
    task.leave();
    task.decided(waiting, where.forming().number());
    where.forming().keep(waiting);
    where
        .forming()
        .hold(
            by,
            null,
            () -> {
              task.unattended(attempt);
              agenda.wakeAt(retryAt, task, "");
              effects.stands(waiting);
            });
  }

  private void pause(Submission by, Task task, Problem problem, Where where) {
    InvocationRow row = task.row();
    Run run = row.run();
    var next =
        new Run(
            run.life(),
            run.attempt(),
            run.startedAt(),
            0,
            run.cancelled(),
            ProblemText.write(problem));
    InvocationRow paused = row.with(Status.PAUSED, next);
    long attempt = task.attempt();
    task.leave();
    task.decided(paused, where.forming().number());
    where.forming().keep(paused);
    where
        .forming()
        .hold(
            by,
            null,
            () -> {
              task.unattended(attempt);
              effects.stands(paused);
            });
  }

  /// Ends an invocation that is in line, and lets the next one run.
  private void end(Submission by, Task task, Decision decision, Into into) {
    moves.apply(decision, Origin.of(task.row()), into);
    Machine machine = setting.machines().apply(task.key().machine());
    InvocationRow row = ended(task.row(), decision, machine, into);
    end(task, row, into.where());
    boolean unheard = !row.kind().equals("call");
    into.forming()
        .hold(
            by,
            null,
            () -> {
              over(task);
              if (unheard && decision instanceof Decision.Refuse refuse) {
                effects.troubled(task.key(), refuse.problem());
              }
            });
  }

  /// Ends an invocation that is in line; [#over] follows its commit.
  void end(Task task, InvocationRow row, Where where) {
    if (task.journaled()) {
      where.forming().clear(where.partition(), task.id());
    }
    task.decided(row, where.forming().number());
    agenda.end(task);
    where.forming().keep(row);
    if (agenda.busy(task.key())) {
      again(new Submission.Turn(task.key()));
    }
  }

  /// Takes note that the end of an invocation is decided that never stood in line; [#over] follows
  /// its commit.
  Task ending(InvocationRow row, Into into) {
    return agenda.ending(row, into.forming().number());
  }

  /// Answers everybody who waits for an invocation whose end is committed.
  void over(Task task) {
    InvocationRow row = task.row();
    agenda.ended(task);
    spoiled.remove(row.id());
    for (Waiters.Waiter waiter : waiters.take(row.id())) {
      effects.answer(waiter.asked(), Replies.of(row, waiter.replayed()));
    }
    effects.stands(row);
  }

  /// Ends an invocation with what was decided.
  InvocationRow ended(InvocationRow row, Decision decision, @Nullable Machine machine, Into into) {
    return Replies.ended(
        row, decision, into.instance(), into.at(), expiresAt(row, machine, into.at()));
  }

  /// Returns from when on an answer may be forgotten, in milliseconds since 1970 UTC.
  long expiresAt(InvocationRow row, @Nullable Machine machine, long now) {
    return now + Replies.keepMs(row, machine, setting.keepMs());
  }
}
