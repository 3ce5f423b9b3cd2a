// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.Key;
import dev.detent.annotation.Initial;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import dev.detent.codec.Json;
import dev.detent.handler.Context;
import dev.detent.machine.Machine;
import dev.detent.machine.Next;
import dev.detent.machine.Outcome;
import dev.detent.machine.Situation;
import dev.detent.store.InvocationRow;
import dev.detent.store.InvocationRow.Run;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Runs code as a handler, attempt by attempt, on a journal in memory.
final class Trial {
  static final Key KEY = new Key("trial", "k");
  static final long STARTED_AT = 1_000;

  /// Is what a handler does; it answers with its result.
  interface Code {
    @Nullable Object run(Context ctx) throws Exception;
  }

  /// Is the machine whose handler runs the code.
  @StateMachine("trial")
  static final class Machines {
    sealed interface Phase {
      record Idle() implements Phase {}

      record Done() implements Phase {}
    }

    private final AtomicReference<Code> code;

    Machines(AtomicReference<Code> code) {
      this.code = code;
    }

    @Initial
    Phase.Idle idle() {
      return new Phase.Idle();
    }

    @Transition
    Next<Phase.Done, @Nullable Object> go(Phase.Idle from, Context ctx) throws Exception {
      return Next.to(new Phase.Done()).reply(code.get().run(ctx));
    }

    @Transition
    Next<Phase.Done, Integer> count(Phase.Idle from, int input, Context ctx) {
      return Next.to(new Phase.Done()).reply(input);
    }
  }

  private static final AtomicLong NUMBERS = new AtomicLong();

  final MemoryJournal journal = new MemoryJournal();
  private final AtomicReference<Code> code;
  private final Machine machine;
  private boolean cancelled;
  private int failed;

  Trial(Code code) {
    this.code = new AtomicReference<>(code);
    this.machine = Machine.of(new Machines(this.code));
  }

  /// Runs other code from now on.
  void change(Code other) {
    code.set(other);
  }

  /// Says that the invocation is to be cancelled, for the attempts to come.
  void cancelled() {
    cancelled = true;
  }

  /// Says that an attempt has failed, for the attempts to come.
  void failedBefore() {
    failed = 1;
  }

  /// Starts an attempt.
  Attempt start() {
    return start("go", "null");
  }

  Attempt start(String command, String input) {
    return journal.start(assignment(command, input));
  }

  /// Returns what an attempt is to run.
  Assignment assignment() {
    return assignment("go", "null");
  }

  private Assignment assignment(String command, String input) {
    var transition = Objects.requireNonNull(machine.transition("Idle", command));
    var implicit = Objects.requireNonNull(machine.implicit());
    var situation =
        new Situation(
            KEY, "Idle", implicit.value(), Json.parse(input), Instant.ofEpochMilli(STARTED_AT));
    long number = NUMBERS.incrementAndGet();
    return new Assignment(row(command, input), machine, transition, situation, number);
  }

  private InvocationRow row(String command, String input) {
    var run = new Run(0, failed, STARTED_AT, 0, cancelled, null);
    return new InvocationRow(
        "i3-1-1",
        KEY,
        3,
        command,
        input,
        null,
        null,
        null,
        InvocationRow.Status.RUNNING,
        "call",
        0,
        STARTED_AT,
        STARTED_AT,
        null,
        run,
        null);
  }

  /// Waits until a thread waits for something, or is at its end.
  static void awaitStandstill(AtomicReference<@Nullable Thread> thread) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!standsStill(thread.get())) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static boolean standsStill(@Nullable Thread thread) {
    Thread.State state = thread == null ? Thread.State.NEW : thread.getState();
    return state == Thread.State.WAITING || state == Thread.State.TERMINATED;
  }

  /// Runs an attempt to its end.
  Ending run() {
    start();
    return journal.ending();
  }

  /// Runs an attempt that returns, and returns the answer as JSON.
  String answer() {
    return answer(run());
  }

  /// Returns the answer of an attempt that returned, as JSON.
  static String answer(Ending ending) {
    if (ending instanceof Ending.Returned(Outcome.Move(_, _, Json reply))) {
      return reply.text();
    }
    throw new AssertionError("expected a handler that returns, got " + ending);
  }

  /// Returns the detail of the problem that an attempt ended with.
  static String detail(Ending ending) {
    return switch (ending) {
      case Ending.Failed(var problem) -> "failed: " + problem.detail();
      case Ending.Cancelled(var problem) -> "cancelled: " + problem.detail();
      case Ending.Retry(var problem) -> "retry: " + problem.detail();
      case Ending.Mismatched(var problem) -> "mismatched: " + problem.detail();
      case Ending.Unwound _ -> "unwound";
      case Ending.Returned returned -> "returned: " + answer(returned);
    };
  }
}
