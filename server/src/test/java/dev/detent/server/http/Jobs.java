// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.annotation.Initial;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import dev.detent.handler.Awakeable;
import dev.detent.handler.CancelledException;
import dev.detent.handler.Context;
import dev.detent.handler.TerminalException;
import dev.detent.machine.Next;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Is a machine whose commands take long, wait for somebody, and fail.
@StateMachine("job")
public final class Jobs {
  /// The states.
  public sealed interface Job {
    /// Has nothing done yet.
    record Idle() implements Job {}

    /// Has done something.
    record Done(String what) implements Job {}
  }

  private final BlockingQueue<String> places = new LinkedBlockingQueue<>();

  /// Returns the next id that a question can be answered by, once it is asked.
  String place() throws InterruptedException {
    String place = places.poll(60, TimeUnit.SECONDS);
    if (place == null) {
      throw new AssertionError("no question was asked");
    }
    return place;
  }

  /// What a job is when nobody has touched it.
  @Initial
  public Job.Idle idle() {
    return new Job.Idle();
  }

  /// Does a step, then waits for an answer.
  @Transition
  public Next<Job.Done, String> ask(Job from, Context ctx) {
    Awakeable<String> answer = ctx.awakeable(String.class);
    ctx.step("question", () -> places.add(answer.id()));
    String who = answer.await();
    return Next.to(new Job.Done(who)).reply("it is " + who);
  }

  /// Waits for a signal.
  @Transition
  public Next<Job.Done, String> listen(Job from, Context ctx) {
    String heard = ctx.signal("word", String.class);
    return Next.to(new Job.Done(heard)).reply(heard);
  }

  /// Sleeps; a cancellation has to be undone first.
  @Transition
  public Job.Done sleep(Job from, Context ctx) {
    try {
      ctx.sleep(Duration.ofDays(1));
    } catch (CancelledException e) {
      ctx.step("undo", () -> {});
      throw e;
    }
    return new Job.Done("slept");
  }

  /// Fails for good.
  @Transition
  public Job.Done fail(Job from, Context ctx) {
    throw new TerminalException("NO_FUNDS", "there is no money", Map.of("cents", 5));
  }

  /// Fails until it is fixed.
  @Transition
  public Job.Done stumble(Job from, Context ctx) {
    throw new IllegalStateException("no luck");
  }

  /// Has another job done.
  @Transition
  public Next<Job.Done, String> delegate(Job from, String other, Context ctx) {
    String answer = ctx.call("job", other, "ask", null, String.class);
    return Next.to(new Job.Done(answer)).reply(answer);
  }

  /// Is pure.
  @Transition
  public Job.Idle reset(Job from) {
    return new Job.Idle();
  }
}
