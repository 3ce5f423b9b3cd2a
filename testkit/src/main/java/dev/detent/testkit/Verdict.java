// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

/// Says whether a history has an order that explains it.
///
/// @param kind whether it has
/// @param explanation why not, in a few lines for people; empty if it has
/// @param explored how many combinations of operations and state were looked at
public record Verdict(Kind kind, String explanation, int explored) {
  /// Says what was found out.
  public enum Kind {
    /// There is such an order.
    LINEARIZABLE,
    /// There is none.
    BROKEN,
    /// There are too many possibilities to tell.
    UNDECIDED
  }

  /// Tells whether there is such an order.
  public boolean ok() {
    return kind == Kind.LINEARIZABLE;
  }
}
