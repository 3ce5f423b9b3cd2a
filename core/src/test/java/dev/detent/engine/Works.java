// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.annotation.Initial;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import dev.detent.handler.Context;
import dev.detent.machine.Next;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// A machine whose transitions are durable, with effects that a test can count and hold up.
@StateMachine("work")
public final class Works {
  final AtomicInteger effects = new AtomicInteger();
  final AtomicInteger failures = new AtomicInteger();
  final CountDownLatch both = new CountDownLatch(2);
  volatile CountDownLatch gate = new CountDownLatch(0);

  /// The states.
  public sealed interface Work {
    /// Nothing done.
    record Idle() implements Work {}

    /// Something done.
    ///
    /// @param result what
    record Done(String result) implements Work {}
  }

  @Initial
  Work.Idle idle() {
    return new Work.Idle();
  }

  @Transition
  Next<Work.Done, String> work(Work from, String what, Context ctx) {
    String one = ctx.step("one", String.class, () -> what + effects.incrementAndGet());
    ctx.sleep(Duration.ofMillis(20));
    String two =
        ctx.step(
            "two",
            String.class,
            () -> {
              gate.await();
              return one + "/" + effects.incrementAndGet();
            });
    return Next.to(new Work.Done(two)).reply(two);
  }

  @Transition
  Next<Work.Done, String> retry(Work from, Context ctx) {
    ctx.step(
        "fails",
        () -> {
          if (failures.decrementAndGet() >= 0) {
            throw new IllegalStateException("not yet");
          }
        });
    return Next.to(new Work.Done("tried")).reply("tried");
  }

  @Transition
  Next<Work.Done, String> ask(Work from, String other, Context ctx) {
    String answer = ctx.call("work", other, "work", "asked", String.class);
    return Next.to(new Work.Done(answer)).reply(answer);
  }

  @Transition
  Next<Work.Done, String> loop(Work from, String other, Context ctx) {
    String answer = ctx.call("work", other, "loop", ctx.key(), String.class);
    return Next.to(new Work.Done(answer)).reply(answer);
  }

  @Transition
  Next<Work.Done, String> meet(Work from, String other, Context ctx) {
    ctx.step(
        "meet",
        () -> {
          both.countDown();
          both.await();
        });
    String answer = ctx.call("work", other, "work", "met", String.class);
    return Next.to(new Work.Done(answer)).reply(answer);
  }

  @Transition
  Work.Idle reset(Work.Done from) {
    return new Work.Idle();
  }
}
