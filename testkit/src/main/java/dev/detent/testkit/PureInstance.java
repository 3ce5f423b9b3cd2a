// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.codec.Value;
import dev.detent.machine.Implicit;
import dev.detent.machine.Machine;
import dev.detent.machine.Outcome;
import dev.detent.machine.Situation;
import dev.detent.machine.Timeout;
import dev.detent.machine.Transition;
import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// Is an instance that nobody keeps, and decides what a command does to it.
///
/// @param machine the definition
/// @param key its name
/// @param state where it is, or null if it is not there
/// @param value what it holds, or null if it is not there
/// @param entered when it entered the state, or null if it has had no event: then no timeout runs
record PureInstance(
    Machine machine,
    Key key,
    @Nullable String state,
    @Nullable Value value,
    @Nullable Instant entered) {
  /// Tells what a command does.
  sealed interface Decision {}

  /// Was decided.
  ///
  /// @param outcome what the machine's code decided
  record Decided(Outcome outcome) implements Decision {}

  /// Was refused, or failed.
  ///
  /// @param problem why
  record Refused(Problem problem) implements Decision {}

  static PureInstance untouched(Machine machine, String name) {
    Implicit implicit = machine.implicit();
    var key = new Key(machine.name(), name);
    return implicit == null
        ? new PureInstance(machine, key, null, null, null)
        : new PureInstance(machine, key, implicit.state(), implicit.value(), null);
  }

  PureInstance named(String name) {
    return new PureInstance(machine, new Key(machine.name(), name), state, value, entered);
  }

  PureInstance in(String next, Value content, Instant now) {
    if (!machine.states().containsKey(next)) {
      throw new IllegalArgumentException(
          "state: expected one of " + machine.states().keySet() + ", got " + next);
    }
    return new PureInstance(machine, key, next, content, now);
  }

  /// Returns the timeout that comes next, or null if none runs.
  @Nullable Timeout next() {
    return state == null || entered == null
        ? null
        : machine.timeouts(state).stream().min(Comparator.comparing(Timeout::after)).orElse(null);
  }

  /// Returns when a timeout comes.
  Instant due(Timeout timeout) {
    return entered == null ? Instant.MAX : entered.plus(timeout.after());
  }

  /// Returns the same, entered at another time.
  PureInstance enteredAt(Instant time) {
    return new PureInstance(machine, key, state, value, entered == null ? null : time);
  }

  Decision decide(String command, Json input, Instant now) {
    Transition transition = machine.transition(state, command);
    if (transition == null) {
      return new Refused(refusal(command));
    }
    return act(transition, command, input, now);
  }

  Decision decide(Timeout timeout, Instant now) {
    return act(timeout.transition(), timeout.name(), Json.NULL, now);
  }

  private Problem refusal(String command) {
    String what = "command " + command + " in state " + state + ": expected one of ";
    String allowed = machine.allowed(state) + ", got another";
    ErrorCode code =
        state == null || !machine.commands().contains(command)
            ? ErrorCode.NOT_FOUND
            : machine.transition(null, command) != null
                ? ErrorCode.ALREADY_EXISTS
                : ErrorCode.TRANSITION_NOT_ALLOWED;
    return Problem.of(code, what + allowed);
  }

  private Decision act(Transition transition, String cause, Json input, Instant now) {
    if (transition.durable()) {
      throw new IllegalStateException(
          cause + ": expected a transition without Context, got a handler; use an engine for it");
    }
    var situation = new Situation(key, state, value, input, now);
    try {
      machine.validations().before(situation);
      Outcome outcome = transition.action().apply(situation);
      if (outcome instanceof Outcome.Move move) {
        machine.requireFits(move.state(), move.value());
        machine.validations().after(situation, move);
      }
      return new Decided(outcome);
    } catch (DetentException e) {
      return new Refused(e.problem());
    }
  }
}
