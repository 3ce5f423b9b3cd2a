// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.codec.Value;
import dev.detent.machine.Machine;
import dev.detent.machine.Outcome;
import dev.detent.machine.State;
import dev.detent.machine.Timeout;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Leads one instance through moves without any IO: given a state, when a command comes, then this
/// is the state.
///
/// **Limits**: pure transitions only; a durable handler needs an engine.
///
/// **Threads**: one.
///
/// **Errors**: an [AssertionError] where something else happened than was said, also for a refusal
/// that nobody expected.
public final class Scenario {
  private final Machine machine;
  private final ManualClock clock;
  private final List<Recorded> events = new ArrayList<>();
  private PureInstance instance;
  private @Nullable Json reply;
  private @Nullable Problem refusal;
  private boolean moved;

  /// Holds the event of a move.
  ///
  /// @param version the version after it, from 1
  /// @param from the state before, or null if it was created
  /// @param cause the command, or the timeout's name
  /// @param to the state after
  /// @param at when
  /// @param state the new state's record; of a JSON machine its data
  public record Recorded(
      long version, @Nullable String from, String cause, String to, Instant at, Object state) {}

  Scenario(Machine machine, Instant start) {
    this.machine = machine;
    this.clock = ManualClock.at(start);
    this.instance = PureInstance.untouched(machine, "scenario");
  }

  Scenario in(Object state) {
    State declared = machine.states().get(state.getClass().getSimpleName());
    if (declared == null || declared.type() != state.getClass()) {
      throw new IllegalArgumentException(
          "given: expected a record of a state of "
              + machine.name()
              + ", got "
              + state.getClass().getSimpleName());
    }
    return in(declared.name(), Value.of(state, machine.codec()));
  }

  /// Goes on in a state of a JSON machine.
  ///
  /// @param state the state's name
  /// @param data what the instance holds
  public Scenario in(String state, Json data) {
    return in(state, Value.of(data));
  }

  private Scenario in(String state, Value value) {
    instance = instance.in(state, value, clock.instant());
    return this;
  }

  /// Sets the instance's key.
  public Scenario key(String key) {
    instance = instance.named(key);
    return this;
  }

  /// Says when it begins; before the first command.
  ///
  /// @param time not before 2026-01-01T00:00:00Z, when it begins otherwise
  public Scenario at(Instant time) {
    clock.set(time);
    instance = instance.enteredAt(time);
    return this;
  }

  /// Runs a command without input.
  public Scenario when(String command) {
    return when(command, null);
  }

  /// Runs a command.
  ///
  /// @param command the command
  /// @param input anything that can be written as JSON, [Json] itself, or null for none
  public Scenario when(String command, @Nullable Object input) {
    requireNoRefusal();
    Json json = input == null ? Json.NULL : machine.codec().write(input);
    take(command, instance.decide(command, json, clock.instant()));
    return this;
  }

  /// Lets time pass; the timeouts that come due in it happen, each at its time.
  ///
  /// @param duration how long, zero or more
  public Scenario elapse(Duration duration) {
    requireNoRefusal();
    Instant end = clock.instant().plus(duration);
    Timeout next = instance.next();
    while (next != null && !instance.due(next).isAfter(end)) {
      clock.set(instance.due(next));
      take(next.name(), instance.decide(next, clock.instant()));
      next = moved ? instance.next() : null;
    }
    clock.set(end);
    return this;
  }

  private void take(String cause, PureInstance.Decision decision) {
    moved = false;
    reply = null;
    switch (decision) {
      case PureInstance.Refused no -> refusal = no.problem();
      case PureInstance.Decided(Outcome.Stay stay) -> reply = stay.reply();
      case PureInstance.Decided(Outcome.Move move) -> {
        moved = true;
        reply = move.reply();
        String from = instance.state();
        instance = instance.in(move.state(), move.value(), clock.instant());
        var event =
            new Recorded(events.size() + 1L, from, cause, move.state(), clock.instant(), state());
        events.add(event);
      }
      case PureInstance.Decided(Outcome other) ->
          throw new IllegalStateException("only machines of the server end so: " + other);
    }
  }

  /// Says which state the instance is in now.
  ///
  /// @param state its record
  public Scenario then(Object state) {
    requireNoRefusal();
    require("state", state, instance.state() == null ? null : state());
    return this;
  }

  /// Says which state the instance is in now, whatever it holds.
  ///
  /// @param state the type of its record
  public Scenario thenIn(Class<?> state) {
    requireNoRefusal();
    require("state", state.getSimpleName(), instance.state());
    return this;
  }

  /// Says that the last command moved nothing, and was not refused.
  public Scenario thenStays() {
    requireNoRefusal();
    require("event of the last command", "none", moved ? events.getLast() : "none");
    return this;
  }

  /// Says what the last command answered; without an answer of its own that is the state.
  ///
  /// @param answer anything that can be written as JSON
  public Scenario thenAnswers(@Nullable Object answer) {
    requireNoRefusal();
    Value value = instance.value();
    Json given = reply != null ? reply : value == null ? Json.NULL : value.json();
    require("answer", machine.codec().write(answer), given);
    return this;
  }

  /// Says that the last command was refused or failed, and changed nothing.
  public Scenario thenRefused(ErrorCode code) {
    require("refusal", code, refusal == null ? null : refusal.code());
    refusal = null;
    return this;
  }

  private void requireNoRefusal() {
    if (refusal != null) {
      throw new AssertionError(
          "last command: expected it to be done, got "
              + refusal.code()
              + " ("
              + refusal.detail()
              + "); say thenRefused if that is meant");
    }
  }

  private void require(String what, @Nullable Object expected, @Nullable Object got) {
    if (!Objects.equals(expected, got)) {
      throw new AssertionError(
          machine.name() + ", " + what + ": expected " + expected + ", got " + got);
    }
  }

  /// Returns the state's record now; of a JSON machine its data.
  ///
  /// @throws IllegalStateException if the instance is not there
  public Object state() {
    Value value = instance.value();
    State declared = machine.states().get(String.valueOf(instance.state()));
    if (value == null || declared == null) {
      throw new IllegalStateException("state: expected an instance, got none; create it");
    }
    Class<?> type = declared.type();
    return type == null ? value.json() : value.as(type, machine.codec());
  }

  /// Returns the events of all moves, oldest first.
  public List<Recorded> events() {
    return List.copyOf(events);
  }

  /// Returns the clock.
  public ManualClock clock() {
    return clock;
  }
}
