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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
  private static final int EARLY_TRIES_MAX = 20;
  private static final long CYCLE_MS = 1_000;

  private final BiConsumer<Request, Consumer<Reply>> submit;
  private final Function<StepRow, @Nullable List<Key>> cycles;
  private final Set<String> underWay = new HashSet<>();
  private final Map<Object, ArrayDeque<Parcel>> queues = new HashMap<>();
  private final Later later;
  private final Runnable end;

  /// Does things later, one after the other.
  @FunctionalInterface
  interface Later {
    /// Does something after a pause, unless it has stopped.
    void run(Runnable work, long afterMs);
  }

  /// Holds what is to be handed over, and where the answer goes.
  private record Parcel(StepRow step, Consumer<Submission> from) {
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
  /// @param cycles finds the circle in which a call waits that has to fail
  Courier(BiConsumer<Request, Consumer<Reply>> submit, Cycles cycles) {
    var executor =
        Executors.newScheduledThreadPool(
            1, Thread.ofPlatform().name("detent-courier").daemon().factory());
    this.submit = submit;
    this.cycles = cycles::of;
    this.later = (work, afterMs) -> schedule(executor, work, afterMs);
    this.end = executor::shutdownNow;
  }

  /// Makes a courier without a thread, that looks for no circles.
  Courier(BiConsumer<Request, Consumer<Reply>> submit, Later later) {
    this.submit = submit;
    this.cycles = _ -> null;
    this.later = later;
    this.end = () -> {};
  }

  private static void schedule(ScheduledExecutorService executor, Runnable work, long afterMs) {
    if (!executor.isShutdown()) {
      var _ = executor.schedule(work, afterMs, TimeUnit.MILLISECONDS);
    }
  }

  /// Hands a call or a send over; the lane gets the answer.
  ///
  /// @param from takes the answer
  void deliver(StepRow step, Consumer<Submission> from) {
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
    later.run(() -> watched(parcel), CYCLE_MS);
  }

  private void watched(Parcel parcel) {
    synchronized (this) {
      if (!underWay.contains(parcel.place())) {
        return;
      }
    }
    List<Key> circle = null;
    try {
      circle = cycles.apply(parcel.step());
    } catch (StoreException e) {
      LOG.log(System.Logger.Level.DEBUG, "cycles of calls can't be looked for now", e);
    }
    if (circle == null) {
      watch(parcel);
    } else {
      StepRow.Outgoing outgoing = Objects.requireNonNull(parcel.step().outgoing());
      var refused = new Reply.Refused(Refusals.cycle(outgoing.key(), circle));
      parcel.from().accept(new Submission.Answered(parcel.step(), refused));
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
          boolean early = missing(reply) && tries < EARLY_TRIES_MAX; // it may be on its way
          if (early || (retryable(reply) && tries < CONTROL_TRIES_MAX)) {
            later(() -> ask(control, tries + 1), tries);
          }
        });
  }

  /// Stops.
  void stop() {
    end.run();
  }

  private void hand(Parcel parcel, int tries) {
    StepRow step = parcel.step();
    StepRow.Outgoing outgoing = Objects.requireNonNull(step.outgoing());
    Long dueAt = step.kind() == StepRow.Kind.SEND ? step.dueAt() : null;
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
    parcel.from().accept(new Submission.Answered(parcel.step(), reply));
    if (next != null) {
      later.run(() -> hand(next, 1), 0); // not here: a long queue would be a deep stack
    }
  }

  private static boolean missing(Reply reply) {
    return reply instanceof Reply.Refused refused
        && refused.problem().code() == ErrorCode.NOT_FOUND;
  }

  private static boolean retryable(Reply reply) {
    return reply instanceof Reply.Refused refused
        && switch (refused.problem().code()) {
          case ErrorCode.UNAVAILABLE, ErrorCode.OVERLOADED, ErrorCode.OUTCOME_UNKNOWN -> true;
          default -> false;
        };
  }

  private void later(Runnable again, int tries) {
    later.run(again, Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN << Math.min(tries - 1, 10)));
  }
}
