// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import org.jspecify.annotations.Nullable;

/// Writes preconditions as text to be kept, and reads them back: nothing, `*`, or a version.
final class Expectation {
  private Expectation() {}

  /// Reads what must hold of the version.
  static Precondition precondition(@Nullable String text) {
    if (text == null) {
      return Precondition.NONE;
    }
    return text.equals("*") ? Precondition.EXISTS : new Precondition.Version(Long.parseLong(text));
  }

  /// Writes what must hold of the version.
  static @Nullable String text(Precondition precondition) {
    return switch (precondition) {
      case Precondition.None _ -> null;
      case Precondition.Exists _ -> "*";
      case Precondition.Version version -> Long.toString(version.version());
    };
  }
}
