// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

/// Says what must hold of an instance's version before a command runs.
public sealed interface Precondition {
  /// Demands nothing.
  Precondition NONE = new None();

  /// Demands that the instance has had an event.
  Precondition EXISTS = new Exists();

  /// Demands nothing.
  record None() implements Precondition {}

  /// Demands that the instance has had an event (`If-Match: *`).
  record Exists() implements Precondition {}

  /// Demands a version.
  ///
  /// @param version the version; 0 means untouched
  record Version(long version) implements Precondition {}
}
