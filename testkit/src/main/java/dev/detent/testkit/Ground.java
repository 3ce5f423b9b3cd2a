// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.store.EventRow;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Gives a walk something to walk on: instances that are made, moved and looked at, however that is
/// done.
///
/// **Threads**: one.
interface Ground extends AutoCloseable {
  /// Tells what came of a try to move an instance.
  sealed interface Landing {
    /// It is in a state.
    ///
    /// @param state the state
    /// @param version the version
    record At(String state, long version) implements Landing {}

    /// It was refused, or failed.
    ///
    /// @param problem why
    record Refused(Problem problem) implements Landing {}

    /// It did not end, or could not be tried.
    ///
    /// @param why the reason
    record Stuck(String why) implements Landing {}
  }

  /// Shows an instance.
  ///
  /// @param state its state
  /// @param data what it holds
  /// @param version how many events it has had
  record Sight(String state, Json data, long version) {}

  /// Returns a key that nobody has used.
  String freshKey();

  /// Runs a command.
  Landing command(String key, String command, Json input);

  /// Lets time pass until an instance moves on by itself.
  ///
  /// @param key the instance
  /// @param version the version at which it is now
  /// @param after how long it takes
  Landing wait(String key, long version, Duration after);

  /// Returns an instance, or null if it is not there.
  @Nullable Sight look(String key);

  /// Returns the events of an instance.
  ///
  /// @param after only versions above this one
  List<EventRow> history(String key, long after);

  /// Returns the last offset of an instance's partition.
  long lastOffset(String key);

  /// Returns the events of an instance's partition.
  ///
  /// @param after only offsets above this one
  List<EventRow> log(String key, long after);

  @Override
  void close();
}
