// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.annotation.Initial;
import dev.detent.annotation.Query;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import dev.detent.codec.Json;
import dev.detent.codec.Value;
import dev.detent.machine.CheatingMachine;
import dev.detent.machine.Machine;
import dev.detent.machine.Next;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KernelTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final Machine GATE = SimulatedMachines.GATES.getFirst();
  private static final Machine ORDER = SimulatedMachines.ORDER;
  private static final Machine LAMP = Machine.of(new LampMachine());

  sealed interface Lamp {
    record Off() implements Lamp {}

    record On(int level) implements Lamp {}
  }

  @StateMachine("lamp")
  static final class LampMachine {
    @Initial
    Lamp.Off off() {
      return new Lamp.Off();
    }

    @Transition
    Next<Lamp.On, String> press(Lamp.Off from) {
      return Next.to(new Lamp.On(1)).reply("light");
    }

    @Transition
    Next<Lamp.On, Lamp.On> press(Lamp.On from) {
      return Next.stay(from);
    }

    @Transition
    Lamp.On dim(Lamp.On from) {
      return new Lamp.On(from.level() - 1);
    }

    @Transition
    Lamp.Off burst(Lamp.On from, String how) throws Exception {
      switch (how) {
        case "error" -> throw new AssertionError("boom");
        case "overflow" -> deep(1);
        case "checked" -> throw new Exception("boom");
        default -> throw new IllegalStateException();
      }
      return new Lamp.Off();
    }

    @Query
    int level(Lamp.On on) {
      return on.level();
    }

    private static int deep(int depth) {
      return depth == 0 ? 0 : deep(depth + 1) + 1;
    }
  }

  @Test
  void createsAnInstanceWithItsFirstVersion() {
    Decision.Move move = move(decide(ORDER, null, "create", "{\"r\":1,\"how\":\"go\"}", "none"));
    assertThat(move.from()).isNull();
    assertThat(move.next().state()).isEqualTo("Created");
    assertThat(move.next().version()).isEqualTo(1);
    assertThat(move.next().createdAt()).isEqualTo(NOW);
    assertThat(move.output().text()).isEqualTo("{\"r\":1}");
  }

  @Test
  void movesAnUntouchedImplicitInstanceFromVersionZero() {
    Decision.Move move = move(decide(GATE, null, "coin", "{\"by\":\"me\"}", "0"));
    assertThat(move.from()).isEqualTo("locked");
    assertThat(move.next().version()).isEqualTo(1);
    assertThat(move.next().createdAt()).isEqualTo(NOW);
    assertThat(move.timeouts()).hasSize(2);
    assertThat(move.next().timers()).isEqualTo(2);
  }

  @Test
  void keepsWhenAnInstanceWasCreated() {
    Decision.Move move = move(decide(GATE, gate("locked", 4), "coin", "null", "none"));
    assertThat(move.next().createdAt()).isEqualTo(1);
    assertThat(move.next().updatedAt()).isEqualTo(NOW);
    assertThat(move.next().version()).isEqualTo(5);
  }

  @Test
  void looksForTheCommandThenTheVersionThenTheState() {
    assertThat(code(decide(GATE, gate("locked", 4), "nope", "null", "9")))
        .isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(code(decide(GATE, gate("locked", 4), "push", "null", "9")))
        .isEqualTo(ErrorCode.VERSION_MISMATCH);
    assertThat(code(decide(GATE, gate("locked", 4), "push", "null", "4")))
        .isEqualTo(ErrorCode.TRANSITION_NOT_ALLOWED);
  }

  @Test
  void looksForTheInstanceBeforeTheVersion() {
    Problem problem = problem(decide(ORDER, null, "pay", "null", "9"));
    assertThat(problem.code()).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(problem.members()).containsEntry("what", "instance").containsEntry("key", "k");
  }

  @Test
  void saysThatAnInstanceExistsToWhoeverWantsToCreateIt() {
    Instance paid = instance(ORDER, "Created", "{\"r\":1}", 1);
    Problem problem = problem(decide(ORDER, paid, "create", "null", "none"));
    assertThat(problem.code()).isEqualTo(ErrorCode.ALREADY_EXISTS);
    assertThat(problem.members()).containsEntry("state", "Created");
  }

  @Test
  void namesWhatIsAllowedInstead() {
    Problem problem = problem(decide(GATE, gate("locked", 1), "push", "null", "none"));
    assertThat(problem.members()).containsEntry("state", "locked");
    assertThat(problem.members()).containsEntry("allowed", GATE.allowed("locked"));
    assertThat(problem.detail()).contains("push", "locked", "coin, kick");
  }

  @Test
  void takesVersionZeroForUntouchedOnly() {
    assertThat(code(decide(GATE, gate("locked", 1), "coin", "null", "0")))
        .isEqualTo(ErrorCode.VERSION_MISMATCH);
    assertThat(move(decide(ORDER, null, "create", "{\"r\":1,\"how\":\"\"}", "0")).next().version())
        .isEqualTo(1);
  }

  @Test
  void takesAStarForInstancesThatHaveHadAnEvent() {
    assertThat(code(decide(GATE, null, "coin", "null", "*"))).isEqualTo(ErrorCode.VERSION_MISMATCH);
    assertThat(code(decide(ORDER, null, "create", "null", "*")))
        .isEqualTo(ErrorCode.VERSION_MISMATCH);
    assertThat(move(decide(GATE, gate("locked", 1), "coin", "null", "*")).next().version())
        .isEqualTo(2);
  }

  @Test
  void tellsStayingFromComingBack() {
    Instance on = instance(LAMP, "On", "{\"level\":3}", 2);
    assertThat(decide(LAMP, on, "press", "null", "none"))
        .isEqualTo(new Decision.Stay(on, Json.parse("{\"level\":3}")));
    Decision.Move again = move(decide(LAMP, on, "dim", "null", "none"));
    assertThat(again.next().state()).isEqualTo("On");
    assertThat(again.next().version()).isEqualTo(3);
    assertThat(again.next().enteredAt()).isEqualTo(NOW);
  }

  @ParameterizedTest
  @ValueSource(strings = {"runtime", "error", "overflow", "checked"})
  void survivesWhateverTheCodeThrows(String how) {
    Instance on = instance(LAMP, "On", "{\"level\":3}", 2);
    assertThat(code(decide(LAMP, on, "burst", "\"" + how + "\"", "none")))
        .isEqualTo(ErrorCode.HANDLER_FAILED);
  }

  @Test
  void refusesATargetThatIsNotDeclared() {
    Machine cheating = CheatingMachine.to("elsewhere");
    Problem problem = problem(decide(cheating, null, "go", "null", "none"));
    assertThat(problem.code()).isEqualTo(ErrorCode.INTERNAL);
    assertThat(problem.detail()).contains("there", "elsewhere");
  }

  @Test
  void firesATimerOnlyInTheVersionThatSetIt() {
    Instance now = gate("unlocked", 4);
    assertThat(Kernel.timer(GATE, now, 3, "after.500ms", NOW)).isInstanceOf(Decision.Forget.class);
    assertThat(Kernel.timer(GATE, null, 3, "after.500ms", NOW)).isInstanceOf(Decision.Forget.class);
    assertThat(move(Kernel.timer(GATE, now, 4, "after.500ms", NOW)).next().state())
        .isEqualTo("locked");
  }

  @Test
  void forgetsATimerThatTheDefinitionHasNoMore() {
    Machine later = SimulatedMachines.GATES.getLast();
    assertThat(Kernel.timer(later, gate("unlocked", 4), 4, "after.3s", NOW))
        .isInstanceOf(Decision.Forget.class);
  }

  @Test
  void answersQueriesWhereTheyAreDeclared() {
    Instance on = instance(LAMP, "On", "{\"level\":3}", 2);
    assertThat(Kernel.query(LAMP, on, on.key(), "level", NOW))
        .isEqualTo(new Decision.Stay(on, Json.parse("3")));
    assertThat(code(Kernel.query(LAMP, null, on.key(), "level", NOW)))
        .isEqualTo(ErrorCode.TRANSITION_NOT_ALLOWED);
    assertThat(code(Kernel.query(LAMP, on, on.key(), "nope", NOW))).isEqualTo(ErrorCode.NOT_FOUND);
    Key order = new Key("order", "k");
    assertThat(code(Kernel.query(ORDER, null, order, "status", NOW)))
        .isEqualTo(ErrorCode.NOT_FOUND);
  }

  private static Decision decide(
      Machine machine, @Nullable Instance now, String command, String input, String match) {
    Precondition precondition =
        switch (match) {
          case "none" -> Precondition.NONE;
          case "*" -> Precondition.EXISTS;
          default -> new Precondition.Version(Long.parseLong(match));
        };
    var wish = new Wish(new Key(machine.name(), "k"), command, Json.parse(input), precondition);
    return Kernel.command(machine, now, wish, NOW);
  }

  private static Instance gate(String state, long version) {
    return instance(GATE, state, "{}", version);
  }

  private static Instance instance(Machine machine, String state, String data, long version) {
    Key key = new Key(machine.name(), "k");
    return new Instance(
        key, state, Value.of(Json.parse(data)), version, machine.hash(), 1, 2, 3, 0);
  }

  private static Decision.Move move(Decision decision) {
    assertThat(decision).isInstanceOf(Decision.Move.class);
    return (Decision.Move) decision;
  }

  private static Problem problem(Decision decision) {
    assertThat(decision).isInstanceOf(Decision.Refuse.class);
    return ((Decision.Refuse) decision).problem();
  }

  private static ErrorCode code(Decision decision) {
    return problem(decision).code();
  }
}
