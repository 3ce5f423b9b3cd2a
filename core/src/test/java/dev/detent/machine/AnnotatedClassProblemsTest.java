// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.RefusedException;
import dev.detent.annotation.After;
import dev.detent.annotation.Initial;
import dev.detent.annotation.Query;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class AnnotatedClassProblemsTest {
  private static final Instant NOW = Instant.EPOCH;

  static final class NoAnnotation {}

  @StateMachine("send")
  static final class NoMethods {}

  sealed interface Odd {
    record A() implements Odd {}

    record B(String text) implements Odd {}

    enum C implements Odd {
      ONE
    }

    final class D implements Odd {}

    non-sealed interface E extends Odd {}

    sealed interface Inner extends Odd {
      record A() implements Inner {}
    }
  }

  @StateMachine("api")
  static final class Broken {
    @Initial
    Odd.A a() {
      return new Odd.A();
    }

    @Initial
    Odd.A b() {
      throw new IllegalStateException("no initial");
    }

    @Initial
    Odd.A c(Odd.A from) {
      return from;
    }

    @Initial
    Odd.A d(Key key) {
      return new Odd.A();
    }

    @Transition
    Odd.B create(String text) {
      return new Odd.B(text);
    }

    @Transition
    Odd.A history(Odd from) {
      return new Odd.A();
    }

    @Transition
    Odd.A history(Odd.B from) {
      return new Odd.A();
    }

    @Transition
    Odd.A $dollar(Odd.B from) {
      return new Odd.A();
    }

    @Transition
    Odd.A late(String input, Odd.B from) {
      return new Odd.A();
    }

    @Transition
    Odd.A many(Odd.B from, String one, String two) {
      return new Odd.A();
    }

    @Transition
    static Odd.A still(Odd.B from) {
      return new Odd.A();
    }

    @After("soon")
    Odd.A soon(Odd.B from) {
      return new Odd.A();
    }

    @After("1s")
    Odd.A never() {
      return new Odd.A();
    }

    @Query
    String ask() {
      return "";
    }

    @Query
    void nothing(Odd now) {}

    @Query
    String create(Odd.A now) {
      return "";
    }

    @Query
    @Transition
    Odd.A both(Odd.B from) {
      return new Odd.A();
    }
  }

  @Test
  void reportsAllProblemsAtOnce() {
    assertThat(problems(new Broken()))
        .containsExactlyInAnyOrder(
            "method both(B): expected one annotation of a machine, got 2; keep one",
            "state type C: expected a record of the sealed interface Odd, got an enum",
            "state type D: expected a record of the sealed interface Odd, got a class",
            "state type E: expected a record of the sealed interface Odd, got an interface that is"
                + " not sealed",
            "state A: expected once, got it twice; rename one",
            "method b(): expected a state, got a failure: no initial",
            "method c(A): expected @Initial to start from no state, got a state",
            "method d(Key): expected @Initial with no parameters or an input",
            "method late(String, B): expected the state as first parameter, got it later",
            "method many(B, String, String): expected at most one input, got several; make a"
                + " record",
            "method still(B): expected a method of the object; drop `static`",
            "method soon(B): @After: duration: expected a number with a unit, such as 500ms, 10s,"
                + " 5m, 2h or 1d, or ISO-8601 such as PT30S, got 'soon'",
            "method never(): expected @After with a state and no input",
            "method ask(): expected @Query with a state and no input",
            "method nothing(Odd): expected @Query to return an answer, got void",
            "initial state: expected one @Initial method, got 2",
            "initial state: expected either an @Initial method without input or creating"
                + " transitions, got both; every key is there already, so give a from-state to"
                + " create",
            "machine name: expected one that is not reserved, got 'api'",
            "command name: expected one that is not reserved, got 'history'",
            "command name: expected [A-Za-z][A-Za-z0-9_.-]{0,63}, got '$dollar'; rename it",
            "query create: expected another name than a command's; rename one",
            "command history: expected one transition from state B, got two; make the states that"
                + " they start from disjoint");
  }

  @StateMachine("m")
  static final class WrongReturns {
    @Transition
    String text(Odd.A from) {
      return "";
    }

    @Transition
    void nothing(Odd.A from) {}

    @Transition
    @SuppressWarnings("rawtypes")
    Next raw(Odd.A from) {
      return Next.to(from);
    }
  }

  @StateMachine("m")
  static final class TwoFamilies {
    @Transition
    Odd.A one(Odd.A from) {
      return from;
    }

    @Transition
    AnnotatedClassTest.LifeMachine.Life two(AnnotatedClassTest.LifeMachine.Life from) {
      return from;
    }
  }

  @StateMachine("m")
  static final class TwoInitials {
    @Transition
    AnnotatedClassTest.LifeMachine.Life.Alive one() {
      return new AnnotatedClassTest.LifeMachine.Life.Alive(NOW);
    }

    @Transition
    AnnotatedClassTest.LifeMachine.Life.Dead two() {
      return new AnnotatedClassTest.LifeMachine.Life.Dead(NOW, NOW);
    }
  }

  @StateMachine("m")
  static final class NoInitial {
    @Transition
    AnnotatedClassTest.LifeMachine.Life.Dead death(AnnotatedClassTest.LifeMachine.Life.Alive from) {
      return new AnnotatedClassTest.LifeMachine.Life.Dead(NOW, NOW);
    }
  }

  @Test
  void saysWhatIsWrongWithTheStates() {
    assertThat(problems(new NoAnnotation()))
        .containsExactly("class NoAnnotation: expected @StateMachine on it, got none");
    assertThat(problems(new NoMethods()))
        .containsExactly(
            "states: expected the methods to return records of one sealed interface, got none");
    assertThat(problems(new WrongReturns()))
        .contains(
            "method text(A): expected to return a record of a sealed interface, that interface, or"
                + " Next of these, got java.lang.String")
        .anyMatch(problem -> problem.startsWith("method nothing(A): expected to return"))
        .anyMatch(problem -> problem.startsWith("method raw(A): expected to return"));
    assertThat(problems(new TwoFamilies()))
        .containsExactly(
            "states: expected the methods to return records of one sealed interface, got A, Life,"
                + " which have none in common");
    assertThat(problems(new TwoInitials()))
        .containsExactly("initial state: expected exactly one, got Alive, Dead");
    assertThat(problems(new NoInitial()))
        .containsExactly("initial state: expected exactly one, got none");
  }

  private static List<String> problems(Object owner) {
    var refused = catchThrowableOfType(RefusedException.class, () -> Machine.of(owner));
    assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_DEFINITION);
    return ((List<?>) Objects.requireNonNull(refused.problem().members().get("problems")))
        .stream().map(String.class::cast).toList();
  }
}
