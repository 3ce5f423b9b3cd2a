// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import java.util.HashMap;
import java.util.Map;

/// Remembers of which machines it did not help to remember rows of the user's: somebody else, or a
/// trigger, had changed one since. For a while each of their rows is read again, twice as long each
/// time that it soon happens once more. So a table that others keep changing costs a batch that
/// must be decided again now and then, not each time.
///
/// **Threads**: the lane's.
final class Doubts {
  /// How long the first doubt lasts.
  static final long PAUSE_MS_MIN = 100;

  /// How long a doubt lasts at most.
  static final long PAUSE_MS_MAX = 60_000;

  private final Map<String, Doubt> byMachine = new HashMap<>();

  private record Doubt(long pauseMs, long until) {}

  /// Takes note that a row was not what was remembered of it.
  ///
  /// @param now in milliseconds since 1970 UTC
  void add(String machine, long now) {
    Doubt before = byMachine.get(machine);
    if (before != null && now < before.until) {
      return; // it was read, and changed in the moment before the commit
    }
    long pauseMs = PAUSE_MS_MIN;
    if (before != null && now - before.until < before.pauseMs) {
      pauseMs = Math.min(2 * before.pauseMs, PAUSE_MS_MAX);
    }
    byMachine.put(machine, new Doubt(pauseMs, now + pauseMs));
  }

  /// Tells whether rows of a machine must be read.
  ///
  /// @param now in milliseconds since 1970 UTC
  boolean has(String machine, long now) {
    Doubt doubt = byMachine.get(machine);
    return doubt != null && now < doubt.until && now >= doubt.until - doubt.pauseMs;
  }
}
