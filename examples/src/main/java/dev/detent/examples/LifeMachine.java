// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import dev.detent.annotation.Final;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Shows a machine whose states are types: a life is gestating, alive or dead, each phase holds
/// just what is known in it, and a move from the wrong phase does not compile.
///
/// When an instance was created and last moved is kept by the engine.
@StateMachine("life")
public final class LifeMachine {
  /// Is one of the three phases.
  public sealed interface Phase {
    /// Waits to be born.
    record Gestating() implements Phase {}

    /// Lives.
    ///
    /// @param bornAt when it was born
    record Alive(Instant bornAt) implements Phase {}

    /// Is over.
    ///
    /// @param bornAt when it was born, or null if it never was
    /// @param diedAt when it ended
    @Final
    record Dead(@Nullable Instant bornAt, Instant diedAt) implements Phase {}
  }

  /// Makes the machine.
  public LifeMachine() {}

  /// Begins a life.
  @Transition(description = "begins a life")
  public Phase.Gestating conceive() {
    return new Phase.Gestating();
  }

  /// Leads from the womb into the world.
  @Transition
  public Phase.Alive birth(Phase.Gestating from, Instant now) {
    return new Phase.Alive(now);
  }

  /// Ends a life before birth.
  @Transition
  public Phase.Dead miscarriage(Phase.Gestating from, Instant now) {
    return new Phase.Dead(null, now);
  }

  /// Ends a life.
  @Transition
  public Phase.Dead death(Phase.Alive from, Instant now) {
    return new Phase.Dead(from.bornAt(), now);
  }

  /// Runs it.
  ///
  /// @param arguments the folder for the store; without one, a new folder
  public static void main(String... arguments) throws IOException {
    run(Session.folder(arguments), System.out);
  }

  static void run(Path folder, PrintStream out) {
    try (var session = Session.open(new LifeMachine(), "life", folder, out)) {
      var lives = session.detent().machine(LifeMachine.class);
      session.show("ada birth", () -> lives.call("ada", LifeMachine::birth));
      session.show("ada conceive", () -> lives.call("ada", LifeMachine::conceive));
      session.show("ada birth", () -> lives.call("ada", LifeMachine::birth));
      session.show("ada miscarriage", () -> lives.call("ada", LifeMachine::miscarriage));
      session.show("ada death", () -> lives.call("ada", LifeMachine::death));
      session.show("ada birth", () -> lives.call("ada", LifeMachine::birth));
      session.history("ada");
    }
  }
}
