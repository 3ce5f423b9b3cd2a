// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import dev.detent.codec.Json;
import dev.detent.machine.Machine;
import dev.detent.machine.Timeout;
import dev.detent.machine.Transition;
import dev.detent.testkit.Ground.Landing;
import dev.detent.testkit.WalkReport.Edge;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Walks every path of a machine: from each state that it has reached it tries each move, each time
/// with a new instance that it leads there first.
final class Walker {
  private static final int ARRIVALS = 5;

  private final Machine machine;
  private final Ground ground;
  private final Inputs inputs;
  private final Witness witness;
  private final int tries;
  private final Map<String, List<Step>> ways = new LinkedHashMap<>();
  private final Deque<String> next = new ArrayDeque<>();
  private final Set<Edge> walked = new LinkedHashSet<>();
  private final Set<Edge> refused = new LinkedHashSet<>();
  private final Map<Edge, String> unwalked = new LinkedHashMap<>();

  /// Moves an instance.
  ///
  /// @param cause the command, or the timeout's name
  /// @param input the command's input
  /// @param after how long the timeout takes, or null for a command
  /// @param to the state that it led to
  private record Step(String cause, Json input, @Nullable Duration after, String to) {}

  /// Names an instance that was led to a state.
  ///
  /// @param key the instance
  /// @param state the state, or null if it is not there yet
  /// @param version its version
  record Place(String key, @Nullable String state, long version) {}

  Walker(Machine machine, Ground ground, Inputs inputs, int tries) {
    this.machine = machine;
    this.ground = ground;
    this.inputs = inputs;
    this.witness = new Witness(ground);
    this.tries = tries;
  }

  WalkReport walk() {
    var implicit = machine.implicit();
    if (implicit != null) {
      reach(implicit.state(), List.of());
    } else {
      leave(null);
    }
    while (!next.isEmpty()) {
      leave(next.remove());
    }
    return report();
  }

  private void reach(String state, List<Step> way) {
    if (ways.putIfAbsent(state, way) == null) {
      next.add(state);
    }
  }

  /// Tries everything in a state, or with keys that are not there yet.
  private void leave(@Nullable String state) {
    for (String command : machine.allowed(state)) {
      Transition transition = machine.transition(state, command);
      if (transition != null) {
        walk(state, transition, command, null);
      }
    }
    if (state != null) {
      Duration shortest = shortest(state);
      for (Timeout timeout : machine.timeouts(state)) {
        if (timeout.after().equals(shortest)) {
          walk(state, timeout.transition(), timeout.name(), timeout.after());
        } else {
          String why = "a shorter timeout of the state comes first";
          timeout.transition().to().forEach(to -> skip(new Edge(state, timeout.name(), to), why));
        }
      }
    }
    refuse(state);
  }

  private @Nullable Duration shortest(String state) {
    return machine.timeouts(state).stream()
        .map(Timeout::after)
        .min(Duration::compareTo)
        .orElse(null);
  }

  private void skip(Edge edge, String why) {
    unwalked.putIfAbsent(edge, why);
  }

  private void walk(
      @Nullable String state, Transition transition, String cause, @Nullable Duration after) {
    var missing = new LinkedHashSet<>(transition.to());
    var led = new TreeSet<String>();
    String why = "";
    for (int i = 0; i < tries && !missing.isEmpty(); i++) {
      Place place = arrive(state);
      if (place == null) {
        why = "could not get to state " + state + " again";
        continue;
      }
      Json input;
      try {
        input = after == null ? inputs.of(cause, transition) : Json.NULL;
      } catch (IllegalArgumentException e) {
        why = String.valueOf(e.getMessage());
        break;
      }
      Landing landing = move(place, cause, input, after);
      switch (landing) {
        case Landing.At at -> {
          led.add(at.state());
          missing.remove(at.state());
          walked.add(new Edge(state, cause, at.state()));
          extend(state, new Step(cause, input, after, at.state()));
        }
        case Landing.Refused no -> why = no.problem().code() + ": " + no.problem().detail();
        case Landing.Stuck stuck -> why = stuck.why();
      }
      if (landing instanceof Landing.Stuck) {
        break;
      }
    }
    String reason = led.isEmpty() ? why : "all inputs led to " + String.join(", ", led);
    missing.forEach(to -> skip(new Edge(state, cause, to), reason));
  }

  private void extend(@Nullable String state, Step step) {
    var way = new ArrayList<>(state == null ? List.of() : ways.getOrDefault(state, List.of()));
    way.add(step);
    reach(step.to(), way);
  }

  private Landing move(Place place, String cause, Json input, @Nullable Duration after) {
    Witness.Trace before = witness.look(place.key());
    Landing landing =
        after == null
            ? ground.command(place.key(), cause, input)
            : ground.wait(place.key(), place.version(), after);
    var edge = new Edge(place.state(), cause, landing instanceof Landing.At at ? at.state() : "");
    switch (landing) {
      case Landing.At at -> witness.moved(edge, place, at);
      case Landing.Refused no -> witness.failed(edge, before, no.problem());
      case Landing.Stuck _ -> witness.untouched(edge, before);
    }
    return landing;
  }

  /// Leads a new instance to a state; null if that does not succeed.
  private @Nullable Place arrive(@Nullable String state) {
    List<Step> way = state == null ? List.of() : ways.getOrDefault(state, List.of());
    for (int i = 0; i < ARRIVALS; i++) {
      String start = machine.implicit() == null ? null : machine.initial();
      var place = new Place(ground.freshKey(), start, 0);
      for (Step step : way) {
        place = place == null ? null : follow(place, step);
      }
      if (place != null) {
        return place;
      }
    }
    return null;
  }

  private @Nullable Place follow(Place place, Step step) {
    Landing landing = move(place, step.cause(), step.input(), step.after());
    return landing instanceof Landing.At at && at.state().equals(step.to())
        ? new Place(place.key(), at.state(), at.version())
        : null;
  }

  /// Tries what is not allowed, all of it on one instance, since it must not change.
  private void refuse(@Nullable String state) {
    Place place = arrive(state);
    if (place == null) {
      return;
    }
    for (String command : machine.commands()) {
      if (machine.transition(state, command) == null) {
        var edge = new Edge(state, command, "");
        Witness.Trace before = witness.look(place.key());
        Landing landing = ground.command(place.key(), command, inputs.any(machine, command));
        if (witness.refused(edge, before, landing)) {
          refused.add(edge);
        }
      }
    }
  }

  private WalkReport report() {
    var unreached = new LinkedHashMap<String, String>();
    for (String state : machine.states().keySet()) {
      if (!ways.containsKey(state)) {
        unreached.put(state, why(state));
      }
    }
    unreached.keySet().forEach(this::skipAll);
    unwalked.keySet().removeAll(walked);
    return new WalkReport(
        machine.name(),
        new LinkedHashSet<>(ways.keySet()),
        walked,
        refused,
        unreached,
        unwalked,
        witness.problems());
  }

  private String why(String state) {
    boolean tried = unwalked.keySet().stream().anyMatch(edge -> edge.to().equals(state));
    boolean led = machine.transitions().stream().anyMatch(move -> move.to().contains(state));
    String none =
        led ? "only states that were not reached lead to it" : "no transition leads to it";
    return !tried ? none : "nothing that was tried led to it";
  }

  private void skipAll(String state) {
    String why = "state " + state + " was not reached";
    for (String command : machine.allowed(state)) {
      Transition transition = machine.transition(state, command);
      if (transition != null) {
        transition.to().forEach(to -> skip(new Edge(state, command, to), why));
      }
    }
    for (Timeout timeout : machine.timeouts(state)) {
      timeout.transition().to().forEach(to -> skip(new Edge(state, timeout.name(), to), why));
    }
  }
}
