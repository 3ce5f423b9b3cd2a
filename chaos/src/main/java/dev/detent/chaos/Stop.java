// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Tells threads when to stop, and lets them pause until then.
final class Stop {
  private final CountDownLatch latch = new CountDownLatch(1);

  /// Asks everybody to stop.
  void ask() {
    latch.countDown();
  }

  boolean asked() {
    return latch.getCount() == 0;
  }

  /// Pauses for so many milliseconds, or until all stop.
  ///
  /// @return whether all stop
  boolean pause(long ms) throws InterruptedException {
    return latch.await(ms, TimeUnit.MILLISECONDS);
  }
}
