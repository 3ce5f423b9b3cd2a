// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.machine.Timeout;
import dev.detent.machine.Transition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Says what the [Kernel] decided. Nothing has happened yet.
sealed interface Decision {
  /// Moves the instance: one event.
  ///
  /// @param next the instance after it
  /// @param from the state before, or null if it is created by it
  /// @param output the answer
  /// @param timeouts the timeouts that start now
  /// @param forced whether no declared transition leads there
  record Move(
      Instance next, @Nullable String from, Json output, List<Timeout> timeouts, boolean forced)
      implements Decision {
    /// Returns the same for an instance that got its key only now.
    ///
    /// @param before how many events there were under that key
    /// @param now the time, in milliseconds since 1970 UTC
    Move of(Key key, long before, long now) {
      var named =
          new Instance(
              key,
              next.state(),
              next.value(),
              before + 1,
              next.definition(),
              now,
              now,
              now,
              next.timers());
      return new Move(named, from, output, timeouts, forced);
    }
  }

  /// Leaves the instance as it is: no event.
  ///
  /// @param seen what was decided on
  /// @param output the answer
  record Stay(Instance seen, Json output) implements Decision {}

  /// Shows the instance.
  ///
  /// @param seen the instance
  record Show(Instance seen) implements Decision {}

  /// Refuses.
  ///
  /// @param problem why
  record Refuse(Problem problem) implements Decision {}

  /// Begins a durable handler.
  ///
  /// @param transition what it runs
  /// @param from what it starts from, or null if it creates the instance
  record Begin(Transition transition, @Nullable Instance from) implements Decision {}

  /// Forgets a timer that means nothing any more.
  record Forget() implements Decision {}
}
