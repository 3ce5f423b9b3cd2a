// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.engine.ModelInstances.Row;
import dev.detent.store.InstanceRow;
import org.jspecify.annotations.Nullable;

/// Writes to rows of mapped instances by plain SQL, and asks nobody.
final class Meddler {
  private final Schedule schedule;
  private final ModelStore store;

  Meddler(Schedule schedule, ModelStore store) {
    this.schedule = schedule;
    this.store = store;
  }

  /// Changes a row, deletes it, or inserts one.
  void meddle(Key key) {
    InstanceRow now = store.instance(key);
    boolean there = now != null && !now.state().equals(Instance.DELETED);
    Row next = there ? changed(now) : row("Open", schedule.random.nextInt(1_000));
    schedule.trace(() -> "SQL makes " + next + " of " + key);
    store.edit(key, next);
  }

  private @Nullable Row changed(InstanceRow now) {
    long sum = Truth.sum(now.data());
    return switch (schedule.random.nextInt(4)) {
      case 0 -> null;
      case 1 -> row(now.state().equals("Open") ? "Closed" : "Open", sum);
      default -> row(now.state(), sum + 1_000);
    };
  }

  private static Row row(String state, long sum) {
    return new Row(state, "{\"r\":0,\"sum\":" + sum + "}");
  }
}
