// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.RefusedException;
import dev.detent.annotation.Initial;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import dev.detent.annotation.Validate;
import dev.detent.codec.Json;
import dev.detent.machine.Machine;
import dev.detent.machine.Validations;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class ValidationTest {
  sealed interface Tank {
    record Filling(int litres) implements Tank {}

    record Closed(int litres) implements Tank {}
  }

  @StateMachine("tank")
  static final class TankMachine {
    @Initial
    Tank.Filling open(int litres) {
      return new Tank.Filling(litres);
    }

    @Transition
    Tank.Filling add(Tank.Filling from, int litres) {
      return new Tank.Filling(from.litres() + litres);
    }

    @Transition
    Tank.Closed close(Tank.Filling from) {
      return new Tank.Closed(from.litres());
    }

    @Validate
    void holds(Tank.Filling to) {
      require(to.litres() <= 100, "too much");
    }

    @Validate
    void grows(Tank.Filling from, Tank.Filling to) {
      require(to.litres() > from.litres(), "less than before");
    }

    @Validate(before = true)
    void begun(Tank.Filling from, Key key, Instant now) {
      require(from.litres() != 13, key.key() + " is stuck");
    }

    @Validate
    void stored(Tank.Closed to, Connection connection) {
      throw new IllegalStateException("runs in callers' transactions only");
    }

    private static void require(boolean holds, String why) {
      if (!holds) {
        throw new IllegalStateException(why);
      }
    }
  }

  private static final Key KEY = new Key("tank", "k");
  private final Machine machine = Machine.of(new TankMachine());

  @Test
  void refusesWhatACheckRefuses() {
    Instance at90 = moved(decide(null, "open", "90"));
    assertThat(moved(decide(at90, "add", "10")).value().json().text())
        .isEqualTo("{\"litres\":100}");
    assertThat(refused(decide(at90, "add", "11")).detail())
        .isEqualTo(
            "tank/k: validation holds of Filling → Filling failed: too much; the state is"
                + " unchanged");
    assertThat(refused(decide(at90, "add", "-1")).members())
        .containsEntry(Validations.MEMBER, "grows");
    assertThat(refused(decide(null, "open", "101")).code()).isEqualTo(ErrorCode.HANDLER_FAILED);
    assertThat(moved(decide(at90, "close", "null")).state()).isEqualTo("Closed");
  }

  @Test
  void looksAtTheStateThatIsLeftBeforeAnythingRuns() {
    Instance stuck = moved(decide(null, "open", "13"));
    assertThat(refused(decide(stuck, "add", "\"no number\"")).detail()).contains("k is stuck");
    assertThat(refused(decide(stuck, "close", "null")).detail())
        .contains("validation begun of Filling failed");
  }

  private Decision decide(@org.jspecify.annotations.Nullable Instance at, String what, String in) {
    return Kernel.command(machine, at, new Wish(KEY, what, Json.parse(in)), 1_000);
  }

  private static Instance moved(Decision decision) {
    assertThat(decision).isInstanceOf(Decision.Move.class);
    return ((Decision.Move) decision).next();
  }

  private static Problem refused(Decision decision) {
    assertThat(decision).isInstanceOf(Decision.Refuse.class);
    return ((Decision.Refuse) decision).problem();
  }

  @StateMachine("wrong")
  static final class WrongMachine {
    @Initial
    Tank.Filling open(int litres) {
      return new Tank.Filling(litres);
    }

    @Validate
    boolean answers(Tank.Filling to) {
      return true;
    }

    @Validate
    void nothing() {}

    @Validate(before = true)
    void both(Tank.Filling from, Tank.Closed to) {}

    @Validate
    void odd(Connection connection, Tank.Filling to, String text) {}
  }

  @Test
  void reportsChecksThatCanNotBe() {
    var refused =
        catchThrowableOfType(RefusedException.class, () -> Machine.of(new WrongMachine()));
    List<?> problems =
        (List<?>) Objects.requireNonNull(refused.problem().members().get("problems"));
    assertThat(problems.stream().map(String::valueOf))
        .contains(
            "method answers(Filling): expected @Validate to return nothing and to throw what it"
                + " refuses",
            "method nothing(): expected @Validate with the state that is entered, or both, got 0"
                + " states",
            "method both(Filling, Closed): expected @Validate with one state, that is left, got 2"
                + " states",
            "method odd(Connection, Filling, String): expected states, a Key, an Instant or a"
                + " Connection, got String");
  }
}
