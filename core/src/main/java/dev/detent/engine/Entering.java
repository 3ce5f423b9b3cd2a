// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.codec.Value;
import dev.detent.machine.Machine;
import dev.detent.machine.Outcome;
import dev.detent.machine.Transition;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Decides a move whose new state the caller brings: pure, like the [Kernel], and along declared
/// transitions only.
///
/// The order of the checks: whether the definition has the transition at all, then the instance,
/// its version, its state.
///
/// @param key the instance
/// @param from the state that it leaves, or null for whatever it is in
/// @param to the state that it enters
/// @param value what it holds there
/// @param precondition what must hold of its version
record Entering(Key key, @Nullable String from, String to, Value value, Precondition precondition) {
  /// Holds a move along a transition.
  ///
  /// @param wish the command
  /// @param along the declared transition
  /// @param move the state that is entered
  record Step(Wish wish, Transition along, Outcome.Move move) {}

  /// Decides it for an instance that exists.
  ///
  /// @param stored the instance, or null if it is not stored
  Decision decide(Machine machine, @Nullable Instance stored, long now) {
    Instance current = Kernel.present(machine, stored, key);
    if (!declared(machine, from)) {
      return new Decision.Refuse(undeclared(machine, from == null ? "any state" : from));
    }
    if (current == null) {
      return new Decision.Refuse(Kernel.noInstance(machine, key));
    }
    Problem stale = Kernel.unmet(machine, wish(""), current);
    if (stale != null) {
      return new Decision.Refuse(stale);
    }
    Transition along = transition(machine, current.state());
    boolean elsewhere = from != null && !from.equals(current.state());
    return along == null || elsewhere
        ? new Decision.Refuse(otherState(machine, current))
        : enter(machine, stored, along, now);
  }

  /// Decides it for an instance that is to be created.
  ///
  /// @param stored the instance, or null if it is not stored
  Decision create(Machine machine, @Nullable Instance stored, long now) {
    Transition along = find(machine, null);
    if (along == null) {
      return new Decision.Refuse(undeclared(machine, "nothing"));
    }
    Problem stale = Kernel.unmet(machine, wish(""), stored);
    if (stale != null) {
      return new Decision.Refuse(stale);
    }
    if (stored != null && !stored.deleted()) {
      return new Decision.Refuse(Kernel.notAllowed(machine, stored, wish(command(along))));
    }
    Problem key = MappedKeys.uncreatable(machine, this.key);
    return key == null ? enter(machine, stored, along, now) : new Decision.Refuse(key);
  }

  /// Returns the command that the event of such a move names.
  static String command(Transition along) {
    return String.valueOf(along.command());
  }

  private Decision enter(Machine machine, @Nullable Instance stored, Transition along, long now) {
    var step = new Step(wish(command(along)), along, new Outcome.Move(to, value, null));
    return Kernel.enter(machine, stored, step, now);
  }

  private Wish wish(String command) {
    return new Wish(key, command, value.json(), precondition);
  }

  private boolean declared(Machine machine, @Nullable String state) {
    return state == null
        ? machine.transitions().stream().anyMatch(t -> !t.from().isEmpty() && leads(t))
        : transition(machine, state) != null;
  }

  private @Nullable Transition transition(Machine machine, String state) {
    return find(machine, state);
  }

  /// Returns a transition by command to the state that is entered.
  ///
  /// @param state the state that it leaves, or null for one that creates
  private @Nullable Transition find(Machine machine, @Nullable String state) {
    for (String command : machine.allowed(state)) {
      Transition transition = machine.transition(state, command);
      if (transition != null && leads(transition)) {
        return transition;
      }
    }
    return null;
  }

  private boolean leads(Transition transition) {
    return transition.command() != null && transition.to().contains(to);
  }

  private Problem undeclared(Machine machine, String state) {
    return Problem.of(
            ErrorCode.TRANSITION_NOT_ALLOWED,
            "%s: machine %s declares no transition from %s to %s; declare it, or choose another"
                .formatted(key, machine.name(), state, to))
        .at(key)
        .with("declared", false)
        .with("to", to);
  }

  private Problem otherState(Machine machine, Instance current) {
    String expected = from == null ? String.join(", ", origins(machine)) : from;
    List<String> allowed = machine.allowed(current.state());
    return Problem.of(
            ErrorCode.TRANSITION_NOT_ALLOWED,
            "%s: to enter %s, expected state %s, got %s; allowed there: %s"
                .formatted(
                    key,
                    to,
                    expected,
                    current.state(),
                    allowed.isEmpty() ? "nothing" : String.join(", ", allowed)))
        .at(key)
        .with("state", current.state())
        .with("allowed", allowed)
        .with("declared", true)
        .with("to", to);
  }

  private Set<String> origins(Machine machine) {
    var origins = new LinkedHashSet<String>();
    machine.transitions().stream().filter(this::leads).forEach(t -> origins.addAll(t.from()));
    return origins;
  }
}
