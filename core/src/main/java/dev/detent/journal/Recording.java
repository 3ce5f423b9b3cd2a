// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import dev.detent.store.StepRow;
import dev.detent.store.StepRow.Kind;
import dev.detent.store.StepRow.Status;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Remembers the journal of one life as far as it is durable.
///
/// **Threads**: safe. Who waits for a row looks and waits with the attempt's lock held, with which
/// rows are put.
final class Recording {
  private static final String SIGNAL = "signal.";

  private final Map<String, StepRow> rows = new HashMap<>();
  private final TreeMap<Long, StepRow> signals = new TreeMap<>();
  private final Set<Long> taken = new HashSet<>();
  private final Map<String, Integer> last = new HashMap<>();
  private final Map<String, Integer> branches = new HashMap<>();

  /// Adds what the store has, to what may have come already, and finds out how far it goes.
  synchronized void load(Collection<StepRow> stored) {
    stored.forEach(this::put);
    rows.keySet().forEach(this::place);
  }

  /// Remembers a row; one that is done is never replaced.
  synchronized void put(StepRow row) {
    if (row.position().startsWith(SIGNAL)) {
      signals.putIfAbsent(Long.parseLong(row.position().substring(SIGNAL.length())), row);
      return;
    }
    StepRow known = rows.get(row.position());
    if (known == null || known.status() == Status.PENDING) {
      rows.put(row.position(), row);
    }
    if (row.kind() == Kind.SIGNAL && row.value() != null) {
      taken.add(Long.parseLong(row.value()));
    }
  }

  /// Takes note of the lines that a position stands in: of `3.1.0`, the handler's with 3, and with
  /// 0 that of branch 1.
  private void place(String position) {
    String[] parts = position.split("\\.", -1);
    var prefix = new StringBuilder();
    for (int i = 0; i < parts.length; i += 2) {
      last.merge(prefix.toString(), Integer.parseInt(parts[i]), Math::max);
      if (i + 1 < parts.length) {
        branches.merge(prefix + parts[i], Integer.parseInt(parts[i + 1]) + 1, Math::max);
        prefix.append(parts[i]).append('.').append(parts[i + 1]).append('.');
      }
    }
  }

  /// Tells whether nothing was recorded when the attempt began.
  synchronized boolean isFresh() {
    return last.isEmpty();
  }

  /// Returns the highest index that was recorded in a line when the attempt began, or -1.
  ///
  /// @param prefix the line's
  synchronized int last(String prefix) {
    return last.getOrDefault(prefix, -1);
  }

  /// Returns how many branches at least there were at a position when the attempt began.
  synchronized int branches(String position) {
    return branches.getOrDefault(position, 0);
  }

  /// Returns the row at a position, or null.
  synchronized @Nullable StepRow row(String position) {
    return rows.get(position);
  }

  /// Returns the row at a position once it is not pending, or null.
  synchronized @Nullable StepRow done(String position) {
    StepRow row = rows.get(position);
    return row == null || row.status() == Status.PENDING ? null : row;
  }

  /// Takes the first signal of a name that nobody has taken, or returns null.
  synchronized @Nullable Long take(String name) {
    for (var signal : signals.entrySet()) {
      if (signal.getValue().name().equals(name) && taken.add(signal.getKey())) {
        return signal.getKey();
      }
    }
    return null;
  }

  /// Returns a signal by its number, or null.
  synchronized @Nullable StepRow signal(long number) {
    return signals.get(number);
  }
}
