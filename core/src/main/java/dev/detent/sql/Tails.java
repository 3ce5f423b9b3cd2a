// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.Key;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Remembers where the last events of recently moved instances stand, so that a commit need not
/// look that up. Right only while nobody else can write; after a failure it must forget everything.
///
/// **Threads**: safe for any number of threads, as long as those that commit at once do so to
/// different instances.
final class Tails {
  private volatile int instancesMax;
  private final Map<Key, Long> offsets = new ConcurrentHashMap<>();

  /// Makes an empty memory.
  ///
  /// @param instancesMax of how many instances, at least; 0 for none
  Tails(int instancesMax) {
    this.instancesMax = instancesMax;
  }

  /// Returns the offset of the instance's last event, or null if the store has to be asked.
  @Nullable Long of(Key key) {
    return instancesMax == 0 ? null : offsets.get(key);
  }

  /// Takes note of what is committed; forgets older instances, all at once, when they are too many.
  void learn(Map<Key, @Nullable Long> last) {
    if (instancesMax == 0) {
      return;
    }
    if (offsets.size() > instancesMax) {
      offsets.clear();
    }
    last.forEach((key, offset) -> {
      if (offset != null) {
        offsets.put(key, offset);
      }
    });
  }

  /// Remembers nothing from now on, since somebody else may write.
  void end() {
    instancesMax = 0;
    offsets.clear();
  }

  /// Forgets everything.
  void forget() {
    offsets.clear();
  }
}
