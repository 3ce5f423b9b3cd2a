// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Offset;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.machine.Machine;
import dev.detent.machine.Timeout;
import dev.detent.store.EventRow;
import dev.detent.store.InstanceRow;
import dev.detent.store.InvocationRow;
import dev.detent.store.TimerRow;
import dev.detent.store.Token;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Has submissions decided by the [Kernel] and records the decisions in the forming batch.
final class Recorder {
  private static final long RETRY_TIMER_MS = 60_000;

  private final Function<String, @Nullable Machine> machines;
  private final Partitions partitions;
  private final InstanceCache cache;
  private final Tokens tokens;
  private final LaneEffects effects;
  private final long keepMs;
  private final Map<String, Sent> sends = new HashMap<>();
  private long ids;

  /// Holds an answer that writes nothing, and the batch whose commit it waits for.
  ///
  /// @param reply the answer; null for a timer that means nothing any more
  /// @param batch the number of the batch that it rests on
  /// @param looks whether it may be wrong if somebody else wrote meanwhile
  record Resting(@Nullable Reply reply, long batch, boolean looks) {
    Resting(Reply reply, long batch) {
      this(reply, batch, true);
    }
  }

  /// Says where a command came from, for its event.
  private record Origin(@Nullable String command, Json input, String cause) {}

  /// Makes a recorder.
  ///
  /// @param machines finds a definition by its name
  /// @param keepMs how long answers are kept for repeats, in milliseconds
  Recorder(
      Function<String, @Nullable Machine> machines,
      LaneMemory memory,
      LaneEffects effects,
      long keepMs) {
    this.machines = machines;
    this.partitions = memory.partitions();
    this.cache = memory.cache();
    this.tokens = memory.tokens();
    this.effects = effects;
    this.keepMs = keepMs;
  }

  /// Holds what is known of a delayed send whose time has come.
  private record Sent(boolean loading, @Nullable InvocationRow row) {}

  /// Starts to know a delayed send, as being read.
  ///
  /// @return whether that is new
  boolean start(String send) {
    return sends.putIfAbsent(send, new Sent(true, null)) == null;
  }

  /// Takes a delayed send that was read for a timer, or null if there is none.
  void loaded(String send, @Nullable InvocationRow row) {
    sends.computeIfPresent(send, (_, sent) -> sent.loading() ? new Sent(false, row) : sent);
  }

  /// Tells whether a delayed send was read.
  boolean has(String send) {
    Sent sent = sends.get(send);
    return sent != null && !sent.loading();
  }

  /// Forgets a delayed send.
  void forget(String send) {
    sends.remove(send);
  }

  /// Forgets delayed sends that were read.
  void clear() {
    sends.clear();
  }

  /// Returns how many delayed sends are known.
  int sends() {
    return sends.size();
  }

  /// Decides a submission.
  ///
  /// @return an answer that writes nothing, or null if the answer is held by the forming batch
  @Nullable Resting record(
      InstanceCache.Entry entry, Submission submission, Forming forming, long now) {
    int partition = partitions.of(submission.key());
    // A timer was due once, even if the clock was set back since.
    long since = submission instanceof Submission.Due due ? due.timer().dueAt() : now;
    long at = partitions.timeFor(partition, Math.max(since, now));
    var into = new Into(entry, forming, partition, at);
    Machine machine = machines.apply(submission.key().machine());
    if (machine == null) {
      return new Resting(new Reply.Refused(Refusals.noMachine(submission.key().machine())), 0);
    }
    return switch (submission) {
      case Submission.Asked asked -> asked(asked, machine, into);
      case Submission.Due due when due.invocation() != null -> dueSend(due, machine, into, now);
      case Submission.Due due -> dueTimer(due, machine, into, now);
    };
  }

  /// Says where a decision is recorded.
  private record Into(InstanceCache.Entry entry, Forming forming, int partition, long at) {
    @Nullable Instance instance() {
      return entry.instance();
    }
  }

  private @Nullable Resting asked(Submission.Asked asked, Machine machine, Into into) {
    Token token = asked.token();
    Tokens.Entry known = token == null ? null : tokens.find(token);
    InvocationRow row = known == null ? null : known.row();
    if (known != null && row != null && !expired(row, into.at())) {
      return new Resting(repeat(row, asked), known.batch());
    }
    long batch = into.entry().batch();
    return switch (asked.request()) {
      case Request.Call call -> call(asked, call, machine, into);
      case Request.Send send -> send(asked, send, machine, into);
      case Request.Read read ->
          new Resting(shown(Kernel.read(machine, into.instance(), read.key())), batch);
      case Request.Ask ask ->
          new Resting(
              shown(Kernel.query(machine, into.instance(), ask.key(), ask.query(), into.at())),
              batch);
    };
  }

  private static boolean expired(InvocationRow row, long now) {
    Long expiresAt = row.expiresAt();
    return expiresAt != null && expiresAt <= now;
  }

  private @Nullable Resting call(
      Submission.Asked asked, Request.Call call, Machine machine, Into into) {
    var wish = new Wish(call.key(), call.command(), call.input(), call.precondition());
    Decision decision = Kernel.command(machine, into.instance(), wish, into.at());
    String id = nextId(into.partition());
    apply(decision, new Origin(call.command(), call.input(), "command"), into);
    Reply reply = reply(decision, id);
    boolean wrote = decision instanceof Decision.Move;
    if (asked.token() != null && keeps(decision)) {
      keep(ended(row(asked, id, call.command(), call.input(), into), decision, into), asked, into);
      wrote = true;
    }
    if (!wrote) {
      return new Resting(reply, into.entry().batch());
    }
    into.forming().hold(asked, reply);
    return null;
  }

  private @Nullable Resting send(
      Submission.Asked asked, Request.Send send, Machine machine, Into into) {
    var wish = new Wish(send.key(), send.command(), send.input());
    Problem hopeless = Kernel.hopeless(machine, wish);
    if (hopeless != null) {
      return new Resting(reply(new Decision.Refuse(hopeless), ""), into.entry().batch());
    }
    String id = nextId(into.partition());
    InvocationRow row = row(asked, id, send.command(), send.input(), into);
    if (send.delay().isPositive()) {
      long dueAt = into.at() + ceilMs(send.delay());
      keep(due(row, dueAt), asked, into);
      into.forming().startTimer(new TimerRow(send.key(), into.partition(), 0, id, dueAt, id));
    } else {
      Decision decision = Kernel.command(machine, into.instance(), wish, into.at());
      apply(decision, new Origin(send.command(), send.input(), "send"), into);
      keep(ended(row, decision, into), asked, into);
      trouble(asked.key(), decision);
    }
    into.forming().hold(asked, new Reply.Accepted(id, false));
    return null;
  }

  private @Nullable Resting dueSend(Submission.Due due, Machine machine, Into into, long now) {
    Sent sent = sends.remove(due.timer().name());
    InvocationRow row = sent == null ? null : sent.row();
    into.forming().endTimer(due.timer());
    into.forming().hold(due, null);
    if (row == null || row.status() != InvocationRow.Status.SCHEDULED) {
      return null;
    }
    Json input = Json.trusted(row.input());
    Decision decision =
        Kernel.command(
            machine, into.instance(), new Wish(row.key(), row.command(), input), into.at());
    apply(decision, new Origin(row.command(), input, "send"), into);
    into.forming().keep(ended(row, decision, into));
    effects.fired(due, Math.max(0, now - due.timer().dueAt()));
    trouble(row.key(), decision);
    return null;
  }

  private @Nullable Resting dueTimer(Submission.Due due, Machine machine, Into into, long now) {
    TimerRow timer = due.timer();
    Instance instance = into.instance();
    if (instance == null || instance.version() != timer.version()) {
      // A timer of a later version than the instance was started by somebody else.
      boolean behind = instance == null || instance.version() < timer.version();
      return new Resting(null, into.entry().batch(), behind);
    }
    Decision decision = Kernel.timer(machine, instance, timer.version(), timer.name(), into.at());
    if (decision instanceof Decision.Refuse) {
      into.forming().startTimer(again(timer, into.at() + RETRY_TIMER_MS));
    } else {
      into.forming().endTimer(timer);
    }
    apply(decision, new Origin(null, Json.NULL, "after"), into);
    into.forming().hold(due, null);
    effects.fired(due, Math.max(0, now - timer.dueAt()));
    trouble(timer.key(), decision);
    return null;
  }

  private static TimerRow again(TimerRow timer, long dueAt) {
    return new TimerRow(timer.key(), timer.partition(), timer.version(), timer.name(), dueAt, null);
  }

  private void apply(Decision decision, Origin origin, Into into) {
    if (!(decision instanceof Decision.Move move)) {
      return;
    }
    Instance before = into.instance();
    boolean inThisBatch = into.entry().batch() == into.forming().number();
    Key key = move.next().key();
    if (before != null && before.timers() > 0) {
      into.forming().endTimers(key, into.partition(), before.version(), !inThisBatch);
    }
    cache.decided(into.entry(), move.next(), into.forming().number());
    partitions.happened(into.partition(), into.at());
    into.forming()
        .moved(
            event(move, origin, into),
            stored(move.next(), into.partition()),
            into.entry().storedVersion());
    for (Timeout timeout : move.timeouts()) {
      into.forming()
          .startTimer(
              new TimerRow(
                  key,
                  into.partition(),
                  move.next().version(),
                  timeout.name(),
                  into.at() + ceilMs(timeout.after()),
                  null));
    }
  }

  private EventRow event(Decision.Move move, Origin origin, Into into) {
    return new EventRow(
        new Offset(into.partition(), partitions.nextOffset(into.partition())),
        move.next().key(),
        move.next().version(),
        origin.command(),
        move.from(),
        move.next().state(),
        origin.input().text(),
        into.at(),
        origin.cause(),
        false);
  }

  private static InstanceRow stored(Instance instance, int partition) {
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

  private void keep(InvocationRow row, Submission.Asked asked, Into into) {
    into.forming().keep(row);
    Token token = asked.token();
    if (token != null) {
      tokens.decided(token, row, into.forming().number());
    }
  }

  private static boolean keeps(Decision decision) {
    return !(decision instanceof Decision.Refuse refuse)
        || refuse.problem().code() == ErrorCode.HANDLER_FAILED;
  }

  private static InvocationRow row(
      Submission.Asked asked, String id, String command, Json input, Into into) {
    Token token = asked.token();
    return new InvocationRow(
        id,
        asked.key(),
        into.partition(),
        command,
        input.text(),
        token == null ? null : token.token(),
        token == null ? null : asked.fingerprint(),
        InvocationRow.Status.SCHEDULED,
        asked.request() instanceof Request.Send ? "send" : "call",
        into.at(),
        into.at(),
        null,
        null,
        null,
        null,
        null,
        0);
  }

  private static InvocationRow due(InvocationRow row, long dueAt) {
    return new InvocationRow(
        row.id(),
        row.key(),
        row.partition(),
        row.command(),
        row.input(),
        row.token(),
        row.fingerprint(),
        row.status(),
        row.kind(),
        row.createdAt(),
        dueAt,
        null,
        null,
        null,
        null,
        null,
        0);
  }

  private InvocationRow ended(InvocationRow row, Decision decision, Into into) {
    Problem problem = decision instanceof Decision.Refuse refuse ? refuse.problem() : null;
    Instance after = into.instance();
    return new InvocationRow(
        row.id(),
        row.key(),
        row.partition(),
        row.command(),
        row.input(),
        row.token(),
        row.fingerprint(),
        problem == null ? InvocationRow.Status.COMPLETED : InvocationRow.Status.FAILED,
        row.kind(),
        row.createdAt(),
        row.dueAt(),
        into.at(),
        into.at() + keepMs,
        output(decision),
        problem == null ? null : KeptProblem.write(problem),
        after == null ? seen(decision) : after.state(),
        after == null ? 0 : after.version());
  }

  private static @Nullable String seen(Decision decision) {
    return decision instanceof Decision.Stay stay ? stay.seen().state() : null;
  }

  private static @Nullable String output(Decision decision) {
    return switch (decision) {
      case Decision.Move move -> move.output().text();
      case Decision.Stay stay -> stay.output().text();
      default -> null;
    };
  }

  private static Reply reply(Decision decision, String id) {
    return switch (decision) {
      case Decision.Move move ->
          new Reply.Done(id, move.output(), move.next().state(), move.next().version(), false);
      case Decision.Stay stay ->
          new Reply.Done(id, stay.output(), stay.seen().state(), stay.seen().version(), false);
      case Decision.Refuse refuse ->
          refuse.problem().code() == ErrorCode.HANDLER_FAILED
              ? new Reply.Refused(refuse.problem(), id, false)
              : new Reply.Refused(refuse.problem());
      case Decision.Show show -> new Reply.Found(show.seen());
      case Decision.Forget _ -> throw new IllegalStateException("only timers are forgotten");
    };
  }

  private static Reply shown(Decision decision) {
    return decision instanceof Decision.Stay stay
        ? new Reply.Answer(stay.output(), stay.seen())
        : reply(decision, "");
  }

  private static Reply repeat(InvocationRow row, Submission.Asked asked) {
    if (!asked.fingerprint().equals(row.fingerprint())) {
      return new Reply.Refused(
          Problem.of(
                  ErrorCode.IDEMPOTENCY_MISMATCH,
                  asked.key()
                      + ": expected the command and input that this idempotency key was first used"
                      + " with ("
                      + row.command()
                      + "), got others; use a new key for a new request")
              .at(asked.key()));
    }
    String problem = row.problem();
    if (asked.request() instanceof Request.Send || row.endedAt() == null) {
      return new Reply.Accepted(row.id(), true);
    }
    if (problem != null) {
      return new Reply.Refused(KeptProblem.read(problem), row.id(), true);
    }
    String output = row.output();
    String state = row.state();
    return new Reply.Done(
        row.id(),
        output == null ? Json.NULL : Json.trusted(output),
        state == null ? "" : state,
        row.version(),
        true);
  }

  private void trouble(Key key, Decision decision) {
    if (decision instanceof Decision.Refuse refuse) {
      effects.troubled(key, refuse.problem());
    }
  }

  private String nextId(int partition) {
    return "i" + partition + "-" + partitions.epoch(partition) + "-" + Long.toString(++ids, 36);
  }

  private static long ceilMs(Duration duration) {
    return duration.plusNanos(999_999).toMillis();
  }
}
