// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.Key;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Remembers the ends of recently moved instances, so that a commit need not look them up. Right
/// only while nobody else can write; after a failure it must forget everything.
///
/// **Threads**: safe for any number of threads, as long as those that commit at once do so to
/// different instances.
final class Tails {
  private volatile int instancesMax;
  private final Map<Key, Tail> tails = new ConcurrentHashMap<>();

  /// Makes an empty memory.
  ///
  /// @param instancesMax of how many instances, at least; 0 for none
  Tails(int instancesMax) {
    this.instancesMax = instancesMax;
  }

  /// Returns an instance's end, or null if the store has to be asked.
  @Nullable Tail of(Key key) {
    return instancesMax == 0 ? null : tails.get(key);
  }

  /// Remembers what is committed; forgets older instances, all at once, when they are too many.
  void learn(Map<Key, Tail> more) {
    if (instancesMax == 0) {
      return;
    }
    if (tails.size() + more.size() > instancesMax) {
      tails.clear();
    }
    tails.putAll(more);
  }

  /// Remembers nothing from now on, since somebody else may write.
  void end() {
    instancesMax = 0;
    tails.clear();
  }

  /// Forgets everything.
  void forget() {
    tails.clear();
  }
}
