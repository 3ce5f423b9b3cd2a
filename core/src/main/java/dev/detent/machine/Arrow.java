// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.codec.DurationText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Joins two states in a diagram.
///
/// @param from the state it leaves, or null for the start
/// @param to the state it enters
/// @param label what causes it, or an empty text
record Arrow(@Nullable String from, String to, String label) {
  /// Returns the arrows of a machine, state by state.
  static List<Arrow> of(Machine machine) {
    var arrows = new ArrayList<Arrow>();
    if (machine.allowed(null).isEmpty()) {
      arrows.add(new Arrow(null, machine.initial(), ""));
    }
    leaving(machine, null, arrows);
    for (String state : machine.states().keySet()) {
      leaving(machine, state, arrows);
      for (Timeout timeout : machine.timeouts(state)) {
        String label = "after " + DurationText.format(timeout.after());
        timeout.transition().to().forEach(to -> arrows.add(new Arrow(state, to, label)));
      }
    }
    return arrows;
  }

  private static void leaving(Machine machine, @Nullable String state, List<Arrow> arrows) {
    for (String command : machine.allowed(state)) {
      Transition transition = machine.transition(state, command);
      if (transition != null) {
        transition.to().forEach(to -> arrows.add(new Arrow(state, to, command)));
      }
    }
  }
}
