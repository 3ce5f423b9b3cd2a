// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.codec.Json;
import dev.detent.store.InvocationRow;
import dev.detent.store.StepRow;
import dev.detent.store.StoreException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Hands what handlers ask of other instances to these, again until it is answered.
///
/// **Guarantees**: what is under way is not handed over twice by this courier; sends to one
/// instance go in the order in which they were committed. The receiver knows a repeat by its id.
///
/// **Threads**: safe for any number of threads.
final class Courier {
  private static final System.Logger LOG = System.getLogger(Courier.class.getName());
  private static final long BACKOFF_MS_MIN = 20;
  private static final long BACKOFF_MS_MAX = 2_000;
  private static final int CONTROL_TRIES_MAX = 300;
  private static final long CYCLE_MS = 1_000;

  private final BiConsumer<Request, Consumer<Reply>> submit;
  private final Cycles cycles;
  private final Set<String> underWay = new HashSet<>();
  private final Map<Object, ArrayDeque<Parcel>> queues = new HashMap<>();
  private final ScheduledExecutorService later =
      Executors.newScheduledThreadPool(
          1, Thread.ofPlatform().name("detent-courier").daemon().factory());

  /// Holds what is to be handed over, and where the answer goes.
  private record Parcel(StepRow step, LaneRunner from) {
    String place() {
      return Ids.place(step.invocation(), step.life(), step.position());
    }

    Object queue() {
      StepRow.Outgoing outgoing = Objects.requireNonNull(step.outgoing());
      return step.kind() == StepRow.Kind.SEND ? outgoing.key() : place();
    }
  }

  /// Makes a courier.
  ///
  /// @param submit submits a request, wherever its owner is
  Courier(BiConsumer<Request, Consumer<Reply>> submit, Cycles cycles) {
    this.submit = submit;
    this.cycles = cycles;
  }

  /// Hands a call or a send over; the lane gets the answer.
  void deliver(StepRow step, LaneRunner from) {
    var parcel = new Parcel(step, from);
    boolean first;
    synchronized (this) {
      if (!underWay.add(parcel.place())) {
        return;
      }
      ArrayDeque<Parcel> queue = queues.computeIfAbsent(parcel.queue(), _ -> new ArrayDeque<>(1));
      queue.addLast(parcel);
      first = queue.size() == 1;
    }
    if (first) {
      hand(parcel, 1);
    }
    if (step.kind() == StepRow.Kind.CALL) {
      watch(parcel);
    }
  }

  /// Looks from time to time whether a call waits in a circle.
  private void watch(Parcel parcel) {
    if (!later.isShutdown()) {
      var _ = later.schedule(() -> watched(parcel), CYCLE_MS, TimeUnit.MILLISECONDS);
    }
  }

  private void watched(Parcel parcel) {
    synchronized (this) {
      if (!underWay.contains(parcel.place())) {
        return;
      }
    }
    List<Key> circle = null;
    try {
      circle = cycles.of(parcel.step());
    } catch (StoreException e) {
      LOG.log(System.Logger.Level.DEBUG, "cycles of calls can't be looked for now", e);
    }
    if (circle == null) {
      watch(parcel);
    } else {
      StepRow.Outgoing outgoing = Objects.requireNonNull(parcel.step().outgoing());
      var refused = new Reply.Refused(Refusals.cycle(outgoing.key(), circle));
      parcel.from().submit(new Submission.Answered(parcel.step(), refused));
      ask(new Request.Control(outgoing.child(), Request.Action.KILL));
    }
  }

  /// Asks something of an invocation until it is answered.
  void ask(Request.Control control) {
    ask(control, 1);
  }

  private void ask(Request.Control control, int tries) {
    submit.accept(
        control,
        reply -> {
          if (retryable(reply) && tries < CONTROL_TRIES_MAX) {
            later(() -> ask(control, tries + 1), tries);
          }
        });
  }

  /// Stops.
  void stop() {
    later.shutdownNow();
  }

  private void hand(Parcel parcel, int tries) {
    StepRow step = parcel.step();
    StepRow.Outgoing outgoing = Objects.requireNonNull(step.outgoing());
    Long dueAt = step.dueAt();
    var request =
        new Request.Deliver(
            outgoing.key(),
            outgoing.command(),
            Json.trusted(outgoing.input()),
            outgoing.child(),
            new InvocationRow.Parent(
                step.invocation(), step.life(), step.position(), outgoing.chain()),
            dueAt == null ? 0 : dueAt,
            step.kind() == StepRow.Kind.CALL);
    submit.accept(
        request,
        reply -> {
          if (retryable(reply)) {
            later(() -> hand(parcel, tries + 1), tries);
          } else {
            answered(parcel, reply);
          }
        });
  }

  private void answered(Parcel parcel, Reply reply) {
    Parcel next;
    synchronized (this) {
      underWay.remove(parcel.place());
      ArrayDeque<Parcel> queue = Objects.requireNonNull(queues.get(parcel.queue()));
      queue.removeFirst();
      next = queue.peekFirst();
      if (next == null) {
        queues.remove(parcel.queue());
      }
    }
    parcel.from().submit(new Submission.Answered(parcel.step(), reply));
    if (next != null && !later.isShutdown()) {
      later.execute(() -> hand(next, 1)); // not here: a long queue would be a deep stack
    }
  }

  private static boolean retryable(Reply reply) {
    return reply instanceof Reply.Refused refused
        && switch (refused.problem().code()) {
          case ErrorCode.UNAVAILABLE, ErrorCode.OVERLOADED, ErrorCode.OUTCOME_UNKNOWN -> true;
          default -> false;
        };
  }

  private void later(Runnable again, int tries) {
    if (!later.isShutdown()) {
      long ms = Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN << Math.min(tries - 1, 10));
      var _ = later.schedule(again, ms, TimeUnit.MILLISECONDS);
    }
  }
}
