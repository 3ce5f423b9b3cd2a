// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import java.util.List;

/// Makes trouble in one round.
interface Trouble {
  /// Makes trouble until all stop, or until it has asked them to; then all is repaired. Blocks.
  void run(Stop stop) throws InterruptedException;

  /// Returns what was done so far, for people.
  List<String> struck();
}
