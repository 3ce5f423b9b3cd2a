// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import dev.detent.Key;
import java.util.ArrayList;
import java.util.List;

/// Names the keys that every case uses, in an order in which neighbours are far apart.
final class Keys {
  /// How many keys are used.
  static final int COUNT = 10_000;

  /// Has no common divisor with [#COUNT], so its multiples visit every key.
  private static final int STRIDE = 7_919;

  private Keys() {}

  /// Returns all keys, in the order of their use.
  static List<String> all() {
    var keys = new ArrayList<String>(COUNT);
    for (int i = 0; i < COUNT; i++) {
      keys.add("key-" + (10_000 + i * STRIDE % COUNT));
    }
    return keys;
  }

  /// Returns the instances of a machine that have these keys.
  static List<Key> of(String machine) {
    return all().stream().map(key -> new Key(machine, key)).toList();
  }
}
