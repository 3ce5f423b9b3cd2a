// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.codec.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/// Looks for states that would chase each other by timeouts alone so fast that they burden the
/// store: a cycle of timeouts that sums to less than [#LEAST].
///
/// Dijkstra's algorithm from every state, over the timeouts that are shorter than the bound.
final class TimeoutCycles {
  static final Duration LEAST = Duration.ofMillis(100);

  private record Edge(String to, long nanos) {}

  private record Path(String state, long nanos) {}

  private final Draft draft;
  private final Map<String, List<Edge>> edges = new HashMap<>();

  TimeoutCycles(Draft draft) {
    this.draft = draft;
    for (Timeout timeout : draft.timeouts()) {
      if (!timeout.after().isNegative() && timeout.after().compareTo(LEAST) < 0) {
        var out = edges.computeIfAbsent(timeout.state(), state -> new ArrayList<>());
        for (String to : timeout.transition().to()) {
          out.add(new Edge(to, timeout.after().toNanos()));
        }
      }
    }
  }

  /// Reports the shortest cycle, if there is one.
  void report() {
    Path shortest = null;
    for (String state : edges.keySet()) {
      long nanos = cycle(state);
      boolean shorter =
          shortest == null
              || nanos < shortest.nanos
              || (nanos == shortest.nanos && state.compareTo(shortest.state) < 0);
      if (nanos < LEAST.toNanos() && shorter) {
        shortest = new Path(state, nanos);
      }
    }
    if (shortest != null) {
      draft.problems().add(problem(shortest), place(shortest.state));
    }
  }

  private Place place(String state) {
    return draft.timeouts().stream()
        .filter(timeout -> timeout.state().equals(state))
        .min(Comparator.comparing(Timeout::after))
        .map(timeout -> draft.place(timeout.transition()))
        .orElse(Place.WHOLE);
  }

  /// Returns the length of the shortest way from a state back to it, or something too long.
  private long cycle(String start) {
    var done = new HashMap<String, Long>();
    var next = new PriorityQueue<Path>(Comparator.comparingLong(Path::nanos));
    next.add(new Path(start, 0));
    boolean first = true;
    while (!next.isEmpty()) {
      Path path = next.remove();
      if (path.state.equals(start) && !first) {
        return path.nanos;
      }
      boolean known = !first && done.putIfAbsent(path.state, path.nanos) != null;
      first = false;
      if (!known && path.nanos < LEAST.toNanos()) {
        for (Edge edge : edges.getOrDefault(path.state, List.of())) {
          next.add(new Path(edge.to, path.nanos + edge.nanos));
        }
      }
    }
    return Long.MAX_VALUE;
  }

  private static String problem(Path shortest) {
    return "timeouts: expected a cycle of timeouts to last at least "
        + DurationText.format(LEAST)
        + ", got "
        + DurationText.format(Duration.ofNanos(shortest.nanos))
        + " from state "
        + shortest.state
        + " back to it; make one of them longer";
  }
}
