// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

/// Says that a simulated run broke an invariant.
final class Violation extends AssertionError {
  private static final long serialVersionUID = 1L;

  Violation(String what) {
    super(what);
  }

  /// Demands that something holds.
  static void unless(boolean holds, String expected, Object got) {
    if (!holds) {
      throw new Violation("expected " + expected + ", got " + got);
    }
  }
}
