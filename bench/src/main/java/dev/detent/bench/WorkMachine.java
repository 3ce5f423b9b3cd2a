// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import dev.detent.annotation.Initial;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import dev.detent.handler.Context;
import java.time.Duration;

/// Is the machine whose handlers are measured. A step does next to nothing, so that what is
/// measured is what making it durable costs.
@StateMachine(WorkMachine.NAME)
public final class WorkMachine {
  static final String NAME = "work";

  /// One step, and a move.
  static final String ONE = "one";

  /// Three steps, and a move.
  static final String THREE = "three";

  /// A long sleep.
  static final String NAP = "nap";

  private static final Duration LONG = Duration.ofDays(1);

  /// Is the only state.
  public sealed interface Work {
    /// Rests between runs.
    ///
    /// @param runs how many steps there were
    record Rest(long runs) implements Work {}
  }

  /// Makes the machine.
  public WorkMachine() {}

  /// Says what an instance is before anybody has touched it.
  @Initial
  public Work.Rest rest() {
    return new Work.Rest(0);
  }

  /// Takes one step.
  @Transition
  public Work.Rest one(Work.Rest from, Context context) {
    return new Work.Rest(step(context, "only", from.runs()));
  }

  /// Takes three steps.
  @Transition
  public Work.Rest three(Work.Rest from, Context context) {
    long runs = step(context, "first", from.runs());
    runs = step(context, "second", runs);
    return new Work.Rest(step(context, "third", runs));
  }

  /// Sleeps for a day.
  @Transition
  public Work.Rest nap(Work.Rest from, Context context) {
    context.sleep(LONG);
    return from;
  }

  private static long step(Context context, String name, long runs) {
    return context.step(name, Long.class, () -> runs + 1);
  }
}
