// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import java.time.InstantSource;

/// Tells the time, and says so when somebody has set it by hand, so that nobody sleeps through it.
public interface MovableClock extends InstantSource {
  /// Has something called whenever the clock was set.
  ///
  /// @param moved called after each change, on the thread that made it; it must return at once
  void whenMoved(Runnable moved);
}
