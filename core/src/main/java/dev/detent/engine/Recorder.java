// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.machine.Machine;
import dev.detent.store.InvocationRow;
import dev.detent.store.InvocationRow.Status;
import dev.detent.store.TimerRow;
import dev.detent.store.Token;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Has submissions on instances decided by the [Kernel] and records the decisions in the forming
/// batch.
final class Recorder {
  private static final long RETRY_TIMER_MS = 60_000;

  private final Function<String, @Nullable Machine> machines;
  private final Partitions partitions;
  private final Tokens tokens;
  private final Alarms alarms;
  private final Agenda agenda;
  private final LaneEffects effects;
  private final Moves moves;
  private final Invoking invoking;
  private final Sought sought;

  /// Makes a recorder.
  Recorder(LaneMemory memory, Invoking invoking, Moves moves, Sought sought, LaneEffects effects) {
    this.machines = invoking.machines();
    this.partitions = memory.partitions();
    this.tokens = memory.tokens();
    this.alarms = memory.alarms();
    this.agenda = memory.agenda();
    this.effects = effects;
    this.moves = moves;
    this.invoking = invoking;
    this.sought = sought;
  }

  /// Decides a submission.
  ///
  /// @return an answer that writes nothing, or null if the answer is held by the forming batch
  @Nullable Resting record(
      InstanceCache.Entry entry, Submission.OfInstance submission, Forming forming, long now) {
    int partition = partitions.of(submission.key());
    // A timer was due once, even if the clock was set back since.
    long since = submission instanceof Submission.Due due ? due.timer().dueAt() : now;
    long at = partitions.timeFor(partition, Math.max(since, now));
    var into = new Into(entry, new Where(forming, partition, at));
    Machine machine = machines.apply(submission.key().machine());
    return switch (submission) {
      case Submission.AskedInstance asked when machine == null ->
          new Resting(new Reply.Refused(Refusals.noMachine(asked.key().machine())), 0);
      case Submission.Ended ended -> invoking.ended(ended, machine, into);
      case Submission.Turned turned -> throw new IllegalStateException("decided twice: " + turned);
      case Submission.Due _, Submission.Turn _ when machine == null -> Resting.nothing();
      case Submission.AskedInstance asked -> asked(asked, machine, into);
      case Submission.Turn turn -> turn(turn, machine, into, now);
      case Submission.Due due -> due(due, machine, into, now);
    };
  }

  private @Nullable Resting asked(Submission.AskedInstance asked, Machine machine, Into into) {
    boolean reads = asked.request() instanceof Request.Read;
    if (!reads && MappedKeys.unmade(machine, asked.key())) {
      return new Resting(new Reply.Refused(MappedKeys.unmakeable(machine, asked.key())), 0);
    }
    Token token = asked.token();
    Tokens.Entry known = token == null ? null : tokens.find(token);
    InvocationRow row = known == null ? null : known.row();
    if (known != null && row != null && !expired(row, into.at())) {
      return repeat(asked, row, known.batch());
    }
    long batch = into.entry().batch();
    return switch (asked.request()) {
      case Request.Call call -> call(asked, call, machine, into);
      case Request.Send send -> send(asked, send, machine, into);
      case Request.Deliver deliver -> deliver(asked, deliver, machine, into);
      case Request.Read read ->
          invoking.shown(Kernel.read(machine, into.instance(), read.key()), read.key(), batch);
      case Request.Ask ask ->
          new Resting(
              Replies.shown(
                  Kernel.query(machine, into.instance(), ask.key(), ask.query(), into.at())),
              batch);
    };
  }

  private static boolean expired(InvocationRow row, long now) {
    InvocationRow.End end = row.end();
    return end != null && end.expiresAt() <= now;
  }

  private @Nullable Resting repeat(Submission.AskedInstance asked, InvocationRow row, long batch) {
    if (!asked.fingerprint().equals(row.fingerprint())) {
      return new Resting(new Reply.Refused(mismatch(asked.key(), row)), batch);
    }
    boolean waits = asked.request() instanceof Request.Call && row.status().open();
    if (!waits) {
      boolean sent = asked.request() instanceof Request.Send;
      return new Resting(sent ? new Reply.Accepted(row.id(), true) : Replies.of(row, true), batch);
    }
    Resting joined = invoking.join(asked, row.id(), batch, true);
    Token token = asked.token();
    if (joined == null && token != null) {
      tokens.forget(token); // it has ended since it was read
      invoking.again(asked);
      return Resting.nothing();
    }
    return joined;
  }

  private static Problem mismatch(Key key, InvocationRow row) {
    return Problem.of(
            ErrorCode.IDEMPOTENCY_MISMATCH,
            key
                + ": expected the command and input that this idempotency key was first used with ("
                + row.command()
                + "), got others; use a new key for a new request")
        .at(key);
  }

  private @Nullable Resting call(
      Submission.AskedInstance asked, Request.Call call, Machine machine, Into into) {
    var wish = new Wish(call.key(), call.command(), call.input(), call.precondition());
    long batch = Math.max(into.entry().batch(), agenda.moved(call.key()));
    if (invoking.busy(call.key())) {
      Problem hopeless = Kernel.hopeless(machine, wish);
      return hopeless == null
          ? enqueue(asked, row(asked, wish, into), null, into)
          : new Resting(new Reply.Refused(hopeless), batch);
    }
    Decision decision = Kernel.command(machine, into.instance(), wish, into.at());
    if (!(decision instanceof Decision.Move) && !into.entry().isCertain()) {
      into.entry().doubt();
      return null;
    }
    if (decision instanceof Decision.Begin) {
      return begin(asked, row(asked, wish, into), new Plan(machine, null), into);
    }
    if (asked.token() != null && Replies.kept(decision)) {
      return end(asked, row(asked, wish, into), decision, new Plan(machine, null), into);
    }
    moves.apply(decision, new Origin(call.command(), call.input(), "command"), into);
    Reply reply = Replies.of(decision, invoking.nextId(into.partition()));
    if (!(decision instanceof Decision.Move)) {
      return new Resting(reply, batch);
    }
    into.forming().hold(asked, reply);
    return null;
  }

  private @Nullable Resting send(
      Submission.AskedInstance asked, Request.Send send, Machine machine, Into into) {
    var wish = new Wish(send.key(), send.command(), send.input());
    Problem hopeless = Kernel.hopeless(machine, wish);
    if (hopeless != null) {
      return new Resting(new Reply.Refused(hopeless), into.entry().batch());
    }
    InvocationRow row = row(asked, wish, into);
    Reply accepted = new Reply.Accepted(row.id(), false);
    if (send.delay().isPositive()) {
      return schedule(asked, row.due(into.at() + Moves.ceilMs(send.delay())), accepted, into);
    }
    return run(asked, row, new Plan(machine, accepted), into);
  }

  private @Nullable Resting deliver(
      Submission.AskedInstance asked, Request.Deliver deliver, Machine machine, Into into) {
    InvocationRow known = sought.forget(deliver.id());
    Resting repeated = invoking.repeated(asked, deliver, known, into.entry().batch());
    if (repeated != null) {
      return repeated;
    }
    var wish = new Wish(deliver.key(), deliver.command(), deliver.input());
    InvocationRow row = row(asked, wish, into);
    Reply accepted = deliver.answered() ? null : new Reply.Accepted(row.id(), false);
    Problem hopeless = Kernel.hopeless(machine, wish);
    if (hopeless != null) {
      return end(asked, row, new Decision.Refuse(hopeless), new Plan(machine, accepted), into);
    }
    if (deliver.dueAt() > into.at()) {
      return schedule(asked, row.due(deliver.dueAt()), accepted, into);
    }
    return run(asked, row, new Plan(machine, accepted), into);
  }

  /// Says by which definition to run, what to answer as soon as it is accepted, null to answer its
  /// end, and at which place in line, 0 for a new one.
  private record Plan(Machine machine, @Nullable Reply accepted, long ordinal) {
    Plan(Machine machine, @Nullable Reply accepted) {
      this(machine, accepted, 0);
    }
  }

  private @Nullable Resting run(Submission submission, InvocationRow row, Plan plan, Into into) {
    if (invoking.busy(row.key())) {
      return enqueue(submission, row, plan.accepted(), into);
    }
    Decision decision = invoking.decide(row, plan.machine(), into);
    return decision instanceof Decision.Begin
        ? begin(submission, row, plan, into)
        : end(submission, row, decision, plan, into);
  }

  private @Nullable Resting end(
      Submission submission, InvocationRow row, Decision decision, Plan plan, Into into) {
    moves.apply(decision, Origin.of(row), into);
    InvocationRow ended = invoking.ended(row, decision, plan.machine(), into);
    keep(ended, submission.token(), into);
    Reply accepted = plan.accepted();
    Reply reply = accepted == null ? Replies.of(ended, false) : accepted;
    Runnable over = over(submission, ended, into);
    boolean unheard = accepted != null || submission instanceof Submission.Due;
    into.forming().hold(submission, reply, unheard ? telling(over, row.key(), decision) : over);
    return null;
  }

  /// Returns what follows from the end of an invocation whose id somebody may know already.
  private @Nullable Runnable over(Submission submission, InvocationRow ended, Into into) {
    if (submission.invocation() == null) {
      return null;
    }
    Task task = invoking.ending(ended, into);
    return () -> {
      invoking.over(task);
      if (submission instanceof Submission.Due due) {
        alarms.fired(due.timer());
      }
    };
  }

  private @Nullable Resting schedule(
      Submission submission, InvocationRow row, @Nullable Reply accepted, Into into) {
    keep(row, submission.token(), into);
    into.forming()
        .startTimer(new TimerRow(row.key(), into.partition(), 0, row.id(), row.dueAt(), row.id()));
    if (accepted == null && submission instanceof Submission.Asked asked) {
      into.forming().hold(submission, null, () -> invoking.await(row.id(), asked));
    } else {
      into.forming().hold(submission, accepted);
    }
    return null;
  }

  private @Nullable Resting enqueue(
      Submission submission, InvocationRow row, @Nullable Reply accepted, Into into) {
    Problem crowded = invoking.crowded(row.key());
    if (crowded != null && submission instanceof Submission.Asked) {
      return new Resting(new Reply.Refused(crowded), into.entry().batch());
    }
    InvocationRow queued = invoking.enqueue(row, into);
    keep(queued, submission.token(), into);
    hold(submission, queued, accepted, into);
    return null;
  }

  private @Nullable Resting begin(Submission submission, InvocationRow row, Plan plan, Into into) {
    Problem crowded = invoking.overloaded();
    if (crowded != null && submission instanceof Submission.Asked) {
      return new Resting(new Reply.Refused(crowded), into.entry().batch());
    }
    InvocationRow begun = invoking.begin(row, plan.ordinal(), into);
    keep(begun, submission.token(), into);
    hold(submission, begun, plan.accepted(), into);
    return null;
  }

  private void hold(Submission submission, InvocationRow row, @Nullable Reply accepted, Into into) {
    into.forming()
        .hold(
            submission,
            accepted,
            () -> {
              if (accepted == null && submission instanceof Submission.Asked asked) {
                invoking.await(row.id(), asked);
              } else if (submission instanceof Submission.Due due) {
                alarms.fired(due.timer());
              }
              invoking.accepted(row);
            });
  }

  private @Nullable Resting due(Submission.Due due, Machine machine, Into into, long now) {
    if (due.invocation() != null) {
      return dueSend(due, machine, into, now);
    }
    Instance instance = into.instance();
    TimerRow timer = due.timer();
    if (instance == null || instance.version() != timer.version()) {
      // A timer of a later version than the instance was started by somebody else.
      boolean behind = instance == null || instance.version() < timer.version();
      return new Resting(null, into.entry().batch(), behind, null);
    }
    if (invoking.busy(due.key())) {
      invoking.defer(due, into.partition());
      alarms.defer(timer);
      return new Resting(null, 0, false, () -> {});
    }
    return dueTimer(new Agenda.Deferred(due, 0), machine, into, now);
  }

  private @Nullable Resting dueSend(Submission.Due due, Machine machine, Into into, long now) {
    InvocationRow row = sought.forget(due.timer().name());
    into.forming().endTimer(due.timer());
    if (row == null || row.status() != Status.SCHEDULED || invoking.decided(row.id())) {
      into.forming().hold(due, null);
      return null;
    }
    effects.fired(due, Math.max(0, now - due.timer().dueAt()));
    return run(due, row, new Plan(machine, null), into);
  }

  private @Nullable Resting dueTimer(
      Agenda.Deferred deferred, Machine machine, Into into, long now) {
    Submission.Due due = deferred.due();
    TimerRow timer = due.timer();
    Decision decision =
        Kernel.timer(machine, into.instance(), timer.version(), timer.name(), into.at());
    effects.fired(due, Math.max(0, now - timer.dueAt()));
    if (decision instanceof Decision.Begin) {
      into.forming().endTimer(timer);
      String id = invoking.nextId(into.partition());
      InvocationRow row = Origin.timeout(id, timer.key(), timer.name(), into);
      return begin(due, row, new Plan(machine, null, deferred.ordinal()), into);
    }
    if (decision instanceof Decision.Refuse) {
      into.forming().startTimer(again(timer, into.at() + RETRY_TIMER_MS));
    } else {
      into.forming().endTimer(timer);
    }
    moves.apply(decision, new Origin(null, Json.NULL, Origin.AFTER), into);
    into.forming().hold(due, null, telling(() -> alarms.fired(timer), timer.key(), decision));
    return null;
  }

  private static TimerRow again(TimerRow timer, long dueAt) {
    return new TimerRow(timer.key(), timer.partition(), timer.version(), timer.name(), dueAt, null);
  }

  private @Nullable Resting turn(Submission.Turn turn, Machine machine, Into into, long now) {
    Agenda.Deferred deferred = invoking.takeTimer(turn.key());
    if (deferred == null) {
      return invoking.turn(turn, machine, into);
    }
    Submission.Due due = deferred.due();
    invoking.again(turn);
    Instance instance = into.instance();
    if (instance == null || instance.version() != due.timer().version()) {
      return new Resting(null, into.entry().batch(), true, () -> alarms.fired(due.timer()));
    }
    // It was due once, even if the clock was set back since.
    return dueTimer(deferred, machine, into.from(due.timer().dueAt()), now);
  }

  private void keep(InvocationRow row, @Nullable Token token, Into into) {
    into.forming().keep(row);
    if (token != null) {
      tokens.decided(token, row, into.forming().number());
    }
  }

  private InvocationRow row(Submission.AskedInstance asked, Wish wish, Into into) {
    Token token = asked.token();
    Request.Deliver deliver =
        asked.request() instanceof Request.Deliver delivered ? delivered : null;
    boolean sent = asked.request() instanceof Request.Send;
    return new InvocationRow(
        deliver == null ? invoking.nextId(into.partition()) : deliver.id(),
        wish.key(),
        into.partition(),
        wish.name(),
        wish.input().text(),
        token == null ? null : token.token(),
        token == null ? null : asked.fingerprint(),
        Expectation.text(wish.precondition()),
        Status.SCHEDULED,
        sent || (deliver != null && !deliver.answered()) ? "send" : "call",
        0,
        into.at(),
        into.at(),
        deliver == null ? null : deliver.parent(),
        InvocationRow.Run.NONE,
        null);
  }

  /// Adds to what follows from a commit that something is refused which nobody waits for.
  private Runnable telling(@Nullable Runnable first, Key key, Decision decision) {
    return () -> {
      if (first != null) {
        first.run();
      }
      if (decision instanceof Decision.Refuse refuse) {
        effects.troubled(key, refuse.problem());
      }
    };
  }
}
