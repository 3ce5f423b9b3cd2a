// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.UnavailableException;
import dev.detent.annotation.Initial;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import dev.detent.engine.Payments.Payment;
import dev.detent.engine.Payments.Payment.Created;
import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetentTest {
  @TempDir Path folder;

  private Store store() {
    return SqlStore.sqlite(folder.resolve("detent.db")).open();
  }

  @Test
  void runsMachinesOfClassesAndOfCodeOverARestart() {
    try (Detent detent = Detent.builder(store()).machine(Payments.machine()).start()) {
      var created = new Created("user123", 1);
      assertThat(detent.machine("payment").call("p-1", "Created", created).as(Payment.class))
          .isEqualTo(created);
    }
    try (Detent detent =
        Detent.builder(store()).machine(new Lives()).machine(Payments.machine()).start()) {
      assertThat(detent.machine("payment").read("p-1").as(Payment.class))
          .isEqualTo(new Created("user123", 1));
      assertThat(detent.engine().machines()).containsOnlyKeys("life", "payment");
      assertThat(detent.machine(Lives.class).call("ada", Lives::conceive).version()).isEqualTo(1);
    }
  }

  @Test
  void saysWhichMachinesRunIfAskedForAnother() {
    try (Detent detent = Detent.builder(store()).machine(new Lives()).start()) {
      assertThatThrownBy(() -> detent.machine("live"))
          .hasMessage("machine live: expected it to run here, got only life")
          .isInstanceOfSatisfying(
              DetentException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND);
                assertThat(e.problem().members()).containsEntry("what", "machine");
              });
      assertThatThrownBy(() -> detent.machine(Resources.class))
          .hasMessage("machine resource: expected it to run here, got only life");
      assertThatThrownBy(() -> detent.machine(String.class))
          .hasMessageContaining("class String: expected @StateMachine on it");
    }
  }

  /// Calls the engine from within a transition, which it must not.
  @StateMachine("loop")
  public static final class Loop {
    private @Nullable Detent detent;

    /// The states.
    public sealed interface State {
      /// The only one.
      record Still() implements State {}
    }

    @Initial
    public State.Still still() {
      return new State.Still();
    }

    @Transition
    public State.Still turn(State.Still from) {
      Objects.requireNonNull(detent).machine("loop").read("other");
      return from;
    }
  }

  @Test
  void refusesACallFromWithinATransitionInsteadOfWaitingForItself() {
    var loop = new Loop();
    try (Detent detent = Detent.builder(store()).machine(loop).start()) {
      loop.detent = detent;
      assertThatThrownBy(() -> detent.machine("loop").call("a", "turn"))
          .hasMessageContaining("which would wait for itself")
          .isInstanceOfSatisfying(
              DetentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.HANDLER_FAILED));
    }
  }

  @Test
  void reportsWhatIsWrongWithMachinesAndOptions() {
    try (Store store = store()) {
      DetentBuilder builder = Detent.builder(store);
      assertThatThrownBy(() -> builder.machine("turnstile"))
          .isInstanceOfSatisfying(
              DetentException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_DEFINITION));
      builder.engine(options -> options.requestsMax(0).keep(Duration.ZERO));
      assertThatThrownBy(builder::start)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("requestsMax", "keep");
    }
  }

  @Test
  void answersNobodyAfterItWasClosed() {
    Detent detent = Detent.builder(store()).machine(new Lives()).start();
    MachineClient<Lives> lives = detent.machine(Lives.class);
    detent.close();
    detent.close();
    assertThatThrownBy(() -> lives.call("ada", Lives::conceive))
        .isInstanceOf(UnavailableException.class);
  }
}
