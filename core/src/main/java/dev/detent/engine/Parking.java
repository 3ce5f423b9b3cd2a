// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import org.jspecify.annotations.Nullable;

/// Remembers whether a lane is asked to stand still, and whether it does.
///
/// **Threads**: the lane's.
final class Parking {
  private @Nullable Runnable asked;
  private boolean reached;

  /// Asks the lane to stand still.
  ///
  /// @param whenReached called when it does
  void ask(Runnable whenReached) {
    asked = whenReached;
  }

  /// Tells whether the lane stands still or is asked to.
  boolean wanted() {
    return reached || asked != null;
  }

  /// Tells whether the lane stands still.
  boolean reached() {
    return reached;
  }

  /// Stands still, if that was asked for.
  void reach() {
    Runnable waiting = asked;
    if (waiting != null) {
      reached = true;
      asked = null;
      waiting.run();
    }
  }

  /// Stands still no longer.
  ///
  /// @return whether it did
  boolean end() {
    boolean stood = reached;
    reached = false;
    asked = null;
    return stood;
  }
}
