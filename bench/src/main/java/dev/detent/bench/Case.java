// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.nio.file.Path;
import java.time.Duration;

/// Measures one thing.
interface Case {
  /// Returns what is measured, in a few words.
  String name();

  /// Measures once.
  ///
  /// @param length about how long
  /// @throws Exception if something fails: then the measurement is worth nothing
  Run run(Duration length) throws Exception;

  /// Returns how long to run before it counts.
  ///
  /// @param length how long a run that counts is
  default Duration warmUp(Duration length) {
    return length.compareTo(Duration.ofSeconds(3)) < 0 ? Duration.ofSeconds(3) : length;
  }

  /// Runs once more and records what the time is spent on.
  ///
  /// @param length about how long
  /// @param file where the recording goes
  /// @return whether there is anything to record
  default boolean record(Duration length, Path file) throws Exception {
    return false;
  }
}
