// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.detent.ErrorCode;
import dev.detent.codec.Json;
import dev.detent.machine.Machine;
import dev.detent.testkit.DoorMachine.Door;
import dev.detent.testkit.DoorMachine.Push;
import dev.detent.testkit.DoorMachine.Strength;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ScenarioTest {
  private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
  private static final Push WEAK = new Push("Ann", Strength.WEAK, Optional.empty());

  private final MachineTester door = MachineTester.of(new DoorMachine());

  @Test
  void leadsAnInstanceThroughMoves() {
    Scenario scenario =
        door.given()
            .at(NOON)
            .then(new Door.Closed())
            .when("push", WEAK)
            .then(new Door.Open("Ann", NOON))
            .thenAnswers("creak")
            .when("push", WEAK)
            .thenStays()
            .when("close")
            .thenIn(Door.Closed.class)
            .thenAnswers(new Door.Closed());
    assertThat(scenario.events())
        .containsExactly(
            new Scenario.Recorded(1, "Closed", "push", "Open", NOON, new Door.Open("Ann", NOON)),
            new Scenario.Recorded(2, "Open", "close", "Closed", NOON, new Door.Closed()));
  }

  @Test
  void letsTimeoutsHappenAtTheirTime() {
    Scenario scenario =
        door.given(new Door.Open("Ann", NOON))
            .at(NOON)
            .elapse(Duration.ofMinutes(29))
            .thenIn(Door.Open.class)
            .elapse(Duration.ofHours(2))
            .then(new Door.Closed());
    assertThat(scenario.events())
        .extracting(Scenario.Recorded::cause, Scenario.Recorded::at)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("shut", NOON.plusSeconds(1800)));
    assertThat(scenario.clock().instant()).isEqualTo(NOON.plus(Duration.ofMinutes(149)));
  }

  @Test
  void knowsWhatIsRefused() {
    door.given(new Door.Jammed("rust"))
        .when("push", WEAK)
        .thenRefused(ErrorCode.TRANSITION_NOT_ALLOWED)
        .when("repair", 3)
        .thenRefused(ErrorCode.HANDLER_FAILED)
        .when("repair", "long")
        .thenRefused(ErrorCode.INVALID_INPUT)
        .then(new Door.Jammed("rust"))
        .when("repair", 12)
        .then(new Door.Closed())
        .when("fly")
        .thenRefused(ErrorCode.NOT_FOUND);
    MachineTester.of(new ParcelMachine())
        .given()
        .when("post")
        .thenRefused(ErrorCode.NOT_FOUND)
        .when("pack", "Bo")
        .then(new ParcelMachine.Parcel.Packed("Bo"))
        .when("pack", "Bo")
        .thenRefused(ErrorCode.ALREADY_EXISTS);
  }

  @Test
  void failsWhereSomethingElseHappens() {
    assertThatThrownBy(() -> door.given(new Door.Closed()).then(new Door.Jammed("rust")))
        .isInstanceOf(AssertionError.class)
        .hasMessage("door, state: expected Jammed[why=rust], got Closed[]");
    assertThatThrownBy(() -> door.given().when("close").then(new Door.Closed()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("expected it to be done, got TRANSITION_NOT_ALLOWED");
    assertThatThrownBy(() -> door.given().when("close").when("close"))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(
            () -> door.given().when("push", WEAK).thenRefused(ErrorCode.TRANSITION_NOT_ALLOWED))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> door.given().when("push", WEAK).thenStays())
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> door.given().when("push", WEAK).thenAnswers("crack"))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void sendsHandlersToAnEngine() {
    var packed = MachineTester.of(new ParcelMachine()).given().when("pack", "Bo");
    assertThatThrownBy(() -> packed.when("post"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("use an engine");
    assertThatThrownBy(() -> door.given("open"))
        .hasMessage("given: expected a record of a state of door, got String");
  }

  @Test
  void playsAMachineOfJson() {
    Machine machine =
        Machine.parse(
            "turnstile",
            Json.parse(
                """
                {"initial":"locked","states":{"locked":{"on":{"coin":"unlocked"}},
                 "unlocked":{"on":{"push":"locked"},"after":{"30s":"locked"}}}}
                """));
    Scenario scenario =
        MachineTester.of(machine)
            .given()
            .elapse(Duration.ofDays(1))
            .when("coin", Json.parse("{\"cents\":20}"))
            .then(Json.parse("{\"cents\":20}"))
            .elapse(Duration.ofSeconds(30));
    assertThat(scenario.events())
        .extracting(Scenario.Recorded::cause)
        .containsExactly("coin", "after.30s");
  }
}
