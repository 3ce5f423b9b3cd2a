// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.annotation.Initial;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import dev.detent.handler.Awakeable;
import dev.detent.handler.Context;
import dev.detent.handler.TerminalException;
import dev.detent.machine.Next;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Is a machine whose handlers wait for somebody outside, and fail.
@StateMachine("talk")
final class Talks {
  private final BlockingQueue<String> places = new LinkedBlockingQueue<>();
  volatile boolean broken;

  /// Is the one state.
  sealed interface Talk {}

  /// Holds what was said last.
  record Said(String last) implements Talk {}

  /// Returns what a handler gave away to be answered or signalled by.
  String place() throws InterruptedException {
    String place = places.poll(60, TimeUnit.SECONDS);
    if (place == null) {
      throw new AssertionError("no handler asked");
    }
    return place;
  }

  @Initial
  Said talk() {
    return new Said("");
  }

  @Transition
  Next<Said, String> ask(Said from, Context ctx) {
    Awakeable<String> answer = ctx.awakeable(String.class);
    ctx.step("give away", () -> places.add(answer.id()));
    String said = answer.await();
    return Next.to(new Said(said)).reply("said " + said);
  }

  @Transition
  Next<Said, Integer> count(Said from, Integer to, Context ctx) {
    ctx.step("give away", () -> places.add(ctx.invocation()));
    int sum = 0;
    for (int i = 0; i < to; i++) {
      sum += ctx.signal("number", Integer.class);
    }
    return Next.to(new Said("sum")).reply(sum);
  }

  @Transition
  Said sleep(Said from, Context ctx) {
    ctx.step("give away", () -> places.add(ctx.invocation()));
    ctx.sleep(Duration.ofDays(1));
    return from;
  }

  /// Answers at once, then sleeps for long.
  @Transition
  Said askAndSleep(Said from, Context ctx) {
    Awakeable<String> answer = ctx.awakeable(String.class);
    ctx.step("give away", () -> places.add(answer.id()));
    answer.await();
    ctx.step("give away again", () -> places.add(answer.id()));
    ctx.sleep(Duration.ofDays(1));
    return from;
  }

  @Transition
  Said fail(Said from, Context ctx) {
    throw new TerminalException("NO_VOICE", "can't talk", Map.of("degrees", 39));
  }

  @Transition
  Next<Said, String> stammer(Said from, Context ctx) {
    ctx.step(
        "speak",
        () -> {
          if (broken) {
            throw new IllegalStateException("no voice yet");
          }
        });
    return Next.to(new Said("spoken")).reply("spoken");
  }
}
