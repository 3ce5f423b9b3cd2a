// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Collects what was found wrong.
///
/// **Threads**: safe for any number of threads.
final class Findings {
  private static final int KEPT_MAX = 20;

  private final List<String> kept = new ArrayList<>();
  private int count;

  synchronized void add(String finding) {
    count++;
    if (kept.size() < KEPT_MAX) {
      kept.add(finding);
    }
  }

  /// Adds a finding unless something holds.
  void expect(boolean holds, Supplier<String> what) {
    if (!holds) {
      add(what.get());
    }
  }

  /// Returns the first ones; empty if all is well.
  synchronized List<String> list() {
    var list = new ArrayList<>(kept);
    if (count > kept.size()) {
      list.add("and " + (count - kept.size()) + " more");
    }
    return list;
  }
}
