// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.event.ConsumerView;
import dev.detent.event.Consumers;
import dev.detent.store.EventRow;
import dev.detent.store.Store;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/// Deletes old events of the partitions that this node owns, in small batches, and names the
/// consumers that keep them from being deleted.
///
/// **Threads**: one, that of the upkeep.
final class Retention {
  private static final System.Logger LOG = System.getLogger(Engine.class.getName());
  private static final int DROP_ROWS = 500;
  private static final int DROP_ROUNDS = 100;

  /// When to look again where a consumer is behind.
  private static final long HELD_MS = 10_000;

  private final Store store;
  private final Consumers consumers;
  private final Duration keep;
  private final Supplier<Collection<Integer>> owned;
  private final Map<Integer, Long> lookAt = new HashMap<>();
  private Set<String> named = Set.of();
  private long nameAt;

  Retention(Store store, Consumers consumers, Duration keep, Supplier<Collection<Integer>> owned) {
    this.store = store;
    this.consumers = consumers;
    this.keep = keep;
    this.owned = owned;
  }

  /// Returns for how long events are kept at least.
  Duration keep() {
    return keep;
  }

  /// Deletes what may go, as much as is done at once.
  void run() {
    long now = store.now();
    int rounds = DROP_ROUNDS;
    for (int partition : owned.get()) {
      while (rounds > 0 && lookAt.getOrDefault(partition, 0L) <= now) {
        rounds--;
        drop(partition, now);
      }
    }
    if (nameAt <= now) {
      nameAt = now + HELD_MS;
      name();
    }
  }

  private void drop(int partition, long now) {
    long before = now - keep.toMillis();
    List<EventRow> oldest = store.events(partition, 0, 2);
    if (oldest.size() < 2) {
      lookAt.put(partition, now + HELD_MS);
    } else if (oldest.getFirst().at() >= before) {
      lookAt.put(partition, oldest.getFirst().at() + keep.toMillis() + 1);
    } else if (store.cursors().drop(partition, before, DROP_ROWS) == 0) {
      lookAt.put(partition, now + HELD_MS);
    }
  }

  private void name() {
    var behind = new TreeSet<String>();
    for (ConsumerView consumer : consumers.all()) {
      if (consumer.holds(keep)) {
        behind.add(consumer.name());
      }
    }
    if (!behind.isEmpty() && !behind.equals(named)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "events older than {0} are kept since consumers have not handled them: {1}; mend, reset"
              + " or remove these",
          keep,
          String.join(", ", behind));
    }
    named = behind;
  }
}
