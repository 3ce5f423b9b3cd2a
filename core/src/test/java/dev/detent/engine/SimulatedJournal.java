// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.store.StepRow;
import dev.detent.store.StepRow.Kind;
import dev.detent.store.StepRow.Status;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Remembers what a simulated attempt knows of its journal.
final class SimulatedJournal {
  private static final String SIGNAL = "signal.";

  private final Map<String, StepRow> rows = new HashMap<>();
  private final TreeMap<Long, StepRow> signals = new TreeMap<>();
  private final Set<Long> taken = new HashSet<>();
  private int last = -1;

  void load(List<StepRow> stored) {
    stored.forEach(this::put);
    rows.keySet().forEach(position -> last = Math.max(last, Integer.parseInt(position)));
  }

  void put(StepRow row) {
    if (row.position().startsWith(SIGNAL)) {
      signals.putIfAbsent(Long.parseLong(row.position().substring(SIGNAL.length())), row);
      return;
    }
    StepRow known = rows.get(row.position());
    if (known == null || known.status() == Status.PENDING) {
      rows.put(row.position(), row);
    }
    String value = row.value();
    if (row.kind() == Kind.SIGNAL && value != null) {
      taken.add(Long.parseLong(value));
    }
  }

  /// Remembers a row as it stands in the journal, whatever was heard before.
  void record(StepRow row) {
    rows.remove(row.position());
    put(row);
  }

  @Nullable StepRow row(String position) {
    return rows.get(position);
  }

  /// Returns the highest position that was known when the attempt began, or -1.
  int last() {
    return last;
  }

  /// Takes the first signal of a name that was not taken yet.
  @Nullable Long take(String name) {
    for (var signal : signals.entrySet()) {
      if (signal.getValue().name().equals(name) && taken.add(signal.getKey())) {
        return signal.getKey();
      }
    }
    return null;
  }

  /// Returns what the signal carried that an entry is about, or its failure.
  String signal(StepRow entry) {
    String number = entry.value();
    StepRow signal = number == null ? null : signals.get(Long.parseLong(number));
    Violation.unless(number == null || signal != null, "a signal that is there", entry);
    return String.valueOf(signal == null ? entry.problem() : signal.value());
  }
}
