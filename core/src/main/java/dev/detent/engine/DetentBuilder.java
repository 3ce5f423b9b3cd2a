// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.machine.Machine;
import java.util.function.Consumer;

/// Collects what a [Detent] needs.
public final class DetentBuilder {
  private final EngineBuilder engine;

  DetentBuilder(EngineBuilder engine) {
    this.engine = engine;
  }

  /// Adds a machine.
  ///
  /// @param machine a [Machine], or an object of a class that is marked with
  ///   [StateMachine][dev.detent.annotation.StateMachine]
  /// @throws dev.detent.RefusedException INVALID_DEFINITION with all `problems`
  public DetentBuilder machine(Object machine) {
    engine.machine(machine instanceof Machine made ? made : Machine.of(machine));
    return this;
  }

  /// Sets who hears what the engine does. Defaults to nobody.
  public DetentBuilder observer(Observer observer) {
    engine.observer(observer);
    return this;
  }

  /// Sets further options of the engine, such as `options -> options.keep(Duration.ofDays(7))`.
  public DetentBuilder engine(Consumer<EngineBuilder> options) {
    options.accept(engine);
    return this;
  }

  /// Starts, as [EngineBuilder#start] does.
  public Detent start() {
    return new Detent(engine.start());
  }
}
