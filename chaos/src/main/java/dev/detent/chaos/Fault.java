// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import java.io.IOException;
import java.util.Random;

/// Is something that goes wrong, and after a while is well again.
interface Fault {
  /// Breaks something, waits, and repairs it, unless it is broken already.
  ///
  /// @param random decides what and for how long
  /// @param stop ends the wait
  /// @return what was done, for people, or an empty text if nothing was
  String strike(Random random, Stop stop) throws IOException, InterruptedException;
}
