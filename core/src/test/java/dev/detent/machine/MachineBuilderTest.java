// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.detent.Key;
import dev.detent.RefusedException;
import dev.detent.codec.Json;
import dev.detent.codec.Value;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class MachineBuilderTest {
  sealed interface Payment {
    record Created(String id, long cents) implements Payment {}

    record Pending() implements Payment {}

    record Failed(String why) implements Payment {}

    record Completed() implements Payment {}
  }

  private final Machine machine =
      Machine.define("payment", Payment.class)
          .initial(Payment.Created.class)
          .to(Payment.Pending.class)
          .state(Payment.Pending.class)
          .to(Payment.Completed.class, Payment.Failed.class)
          .state(Payment.Failed.class)
          .to(Payment.Pending.class)
          .end(Payment.Completed.class)
          .build();

  @Test
  void namesCommandsAfterTheStatesThatTheyMoveTo() {
    assertThat(machine.kind()).isEqualTo(Machine.Kind.CODE);
    assertThat(machine.states().keySet())
        .containsExactly("Created", "Pending", "Failed", "Completed");
    assertThat(machine.initial()).isEqualTo("Created");
    assertThat(machine.implicit()).isNull();
    assertThat(machine.allowed(null)).containsExactly("Created");
    assertThat(machine.allowed("Pending")).containsExactly("Completed", "Failed");
    assertThat(Objects.requireNonNull(machine.transition("Failed", "Pending")).from())
        .isEqualTo(Set.of("Created", "Failed"));
    assertThat(Objects.requireNonNull(machine.states().get("Completed")).isFinal()).isTrue();
    assertThat(Objects.requireNonNull(machine.states().get("Failed")).isFinal()).isFalse();
    assertThat(machine.warnings()).isEmpty();
    assertThat(machine.definition().text())
        .isEqualTo(
            "{\"id\":\"payment\",\"initial\":\"Created\","
                + "\"meta\":{\"create\":{\"Created\":\"Created\"}},\"states\":{"
                + "\"Created\":{\"on\":{\"Pending\":\"Pending\"}},"
                + "\"Pending\":{\"on\":{\"Completed\":\"Completed\",\"Failed\":\"Failed\"}},"
                + "\"Failed\":{\"on\":{\"Pending\":\"Pending\"}},"
                + "\"Completed\":{\"type\":\"final\"}}}");
  }

  @Test
  void takesTheRecordOfTheTargetAsInput() {
    assertThat(move(null, "Created", "{\"id\":\"a\",\"cents\":5}"))
        .isEqualTo("Created {\"id\":\"a\",\"cents\":5}");
    assertThat(move("Created", "Pending", "null")).isEqualTo("Pending {}");
    assertThat(
            catchThrowableOfType(
                RefusedException.class, () -> move(null, "Created", "{\"id\":\"a\"}")))
        .hasMessage("input /cents: expected a whole number of at most 64 bits, got nothing");
  }

  private String move(@Nullable String state, String command, String input) {
    var transition = Objects.requireNonNull(machine.transition(state, command));
    var situation =
        new Situation(
            new Key("payment", "k"),
            state,
            state == null ? null : Value.EMPTY,
            Json.parse(input),
            Instant.EPOCH);
    var move = (Outcome.Move) transition.action().apply(situation);
    assertThat(move.reply()).isNull();
    return move.state() + " " + move.value().json();
  }

  @Test
  void reportsAllProblemsAtOnce() {
    assertThat(
            problems(
                Machine.define("9", Payment.class)
                    .to(Payment.Failed.class)
                    .initial(Payment.Created.class)
                    .to(Payment.Pending.class)
                    .initial(Payment.Pending.class)
                    .end(Payment.Created.class)))
        .containsExactly(
            "to: expected initial or state before it, got it first",
            "initial state: expected exactly one, got Created, Pending",
            "machine name: expected [A-Za-z][A-Za-z0-9_.-]{0,63}, got '9'; rename it",
            "state Created: expected nothing to lead out of a final state, got transitions; drop"
                + " them or do not mark it final");
    assertThat(problems(Machine.define("m", Payment.class)))
        .containsExactly("initial state: expected exactly one, got none");
  }

  @Test
  void refusesStatesThatAreNoRecordsOfTheInterface() {
    assertThat(problems(Machine.define("m", String.class)))
        .containsExactly("states: expected a sealed interface, got String, a class");
    assertThat(problems(Machine.define("m", Payment.class).initial(Payment.class)))
        .contains(
            "state: expected a record of the sealed interface Payment, got Payment, a sealed"
                + " interface");
  }

  @Test
  void warnsOfStatesThatNothingLeadsTo() {
    Machine lone =
        Machine.define("m", Payment.class)
            .initial(Payment.Created.class)
            .to(Payment.Failed.class)
            .build();
    assertThat(lone.warnings())
        .containsExactly(
            "state Pending: no transition leads to it",
            "state Completed: no transition leads to it");
  }

  private static List<String> problems(MachineBuilder<?> builder) {
    var refused = catchThrowableOfType(RefusedException.class, builder::build);
    return ((List<?>) Objects.requireNonNull(refused.problem().members().get("problems")))
        .stream().map(String.class::cast).toList();
  }
}
