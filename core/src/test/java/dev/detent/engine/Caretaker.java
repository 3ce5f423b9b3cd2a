// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.codec.ProblemText;
import dev.detent.engine.Script.Act;
import dev.detent.store.InvocationRow;
import dev.detent.store.InvocationRow.Status;
import dev.detent.store.StepRow;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Gives every open invocation what it needs from outside to come to its end, and nothing else:
/// what was recorded and forgotten stays so, and is noticed.
final class Caretaker {
  private final Simulation simulation;
  private final ModelStore store;
  private final Set<String> resumed = new HashSet<>();
  private final Set<String> signalled = new HashSet<>();

  Caretaker(Simulation simulation) {
    this.simulation = simulation;
    this.store = simulation.store;
  }

  /// Looks after all invocations once.
  ///
  /// @return whether one is left
  boolean care() {
    boolean left = false;
    for (InvocationRow row : List.copyOf(store.invocations())) {
      left |= row.end() == null;
      if (row.status() == Status.PAUSED) {
        boolean again = resumed.add(row.id());
        Request.Action action = again ? Request.Action.RESUME : Request.Action.KILL;
        simulation.steering.ask(new Request.Control(row.id(), action));
      } else if (row.status() == Status.RUNNING && row.key().machine().equals("job")) {
        care(row);
      }
    }
    return left;
  }

  private void care(InvocationRow row) {
    simulation.schedule.trace(() -> "open: " + row + " " + store.steps(row.id()));
    List<StepRow> rows =
        store.steps(row.id()).stream().filter(s -> s.life() == row.run().life()).toList();
    boolean delivered = rows.stream().anyMatch(Caretaker::cancels);
    if (row.run().cancelled() && !delivered) {
      return; // its wait ends by that
    }
    for (StepRow step : rows) {
      if (step.kind() == StepRow.Kind.AWAKEABLE && step.status() == StepRow.Status.PENDING) {
        simulation.steering.complete(Ids.place(row.id(), step.life(), step.position()));
      }
    }
    String name = wanted(row, rows);
    if (name != null && signalled.add(row.id() + name + rows.size())) {
      simulation.steering.signal(row, name);
    }
  }

  private static boolean cancels(StepRow step) {
    String problem = step.problem();
    return problem != null && ProblemText.read(problem).code() == ErrorCode.CANCELLED;
  }

  /// Returns the signal that a handler waits for, if none is left that it could take.
  private @Nullable String wanted(InvocationRow row, List<StepRow> rows) {
    Script script = simulation.scripts.of(row);
    List<Act> acts = Stream.concat(script.acts().stream(), script.undo().stream()).toList();
    for (Act act : acts) {
      if (act instanceof Script.Signal signal) {
        long came =
            rows.stream()
                .filter(s -> s.position().startsWith("signal.") && s.name().equals(signal.name()))
                .count();
        if (came < acts.stream().filter(signal::equals).count()) {
          return signal.name();
        }
      }
    }
    return null;
  }
}
