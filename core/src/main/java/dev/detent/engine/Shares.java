// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.store.Membership;
import dev.detent.store.NodeRow;
import dev.detent.store.PartitionRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Tells one node which partitions to take and which to give up, so that all nodes come to equal
/// shares: at most one partition more or less.
///
/// Nobody decides for the others. Each node computes the same from what it saw in the store: those
/// that own most keep the larger shares, so that nothing moves for its own sake; each gives up what
/// it has beyond its share, and each takes another part of the partitions without a living owner.
/// What was seen may be old: then two may reach for the same partition, of which the store gives it
/// to one, or a partition moves once more. It settles as soon as they look again.
///
/// A node that is alive but does not take what falls to it is passed over after some time, at first
/// for ten times as long, then for twice that and so on, until what it owns changes.
///
/// **Threads**: one. No clock but that of the store.
final class Shares {
  private static final int PASSED_OVER_FACTOR = 10;
  private static final int DOUBLINGS_MAX = 7;

  private final String node;
  private final long patienceMs;
  private final Map<String, Slowness> slow = new HashMap<>();

  /// Says what to do now.
  ///
  /// @param acquire partitions that have no living owner, ascending
  /// @param release partitions of this node, ascending
  record Plan(List<Integer> acquire, List<Integer> release) {
    static final Plan NOTHING = new Plan(List.of(), List.of());
  }

  /// Remembers of another node that partitions fall to it which it does not take.
  ///
  /// @param owned how many it owned then
  /// @param since since when, by the store's clock
  /// @param passedOverUntil until when it is passed over; 0 if it is not
  /// @param times how often it was passed over since what it owns changed
  private record Slowness(int owned, long since, long passedOverUntil, int times) {}

  /// Makes the rules of one node.
  ///
  /// @param node its id
  /// @param patienceMs how long to wait for another node to take what falls to it, in milliseconds;
  ///   some heartbeats, such as a lease
  Shares(String node, long patienceMs) {
    this.node = node;
    this.patienceMs = patienceMs;
  }

  /// Says what to do after a look at the store.
  ///
  /// @param seen what the store showed
  /// @param mayOwn the ids of the nodes that may own partitions, if they are alive: not those that
  ///   are stopping, nor those that lack the code of a stored machine
  Plan plan(Membership seen, Set<String> mayOwn) {
    Set<String> alive =
        seen.nodes().stream()
            .filter(row -> row.expiresAt() > seen.now())
            .map(NodeRow::id)
            .collect(Collectors.toSet());
    if (!alive.contains(node)) {
      return Plan.NOTHING;
    }
    List<Integer> own = partitions(seen, row -> node.equals(row.owner()));
    if (!mayOwn.contains(node)) {
      return new Plan(List.of(), own);
    }
    List<Integer> orphans =
        partitions(seen, row -> row.owner() == null || !alive.contains(row.owner()));
    Map<String, Integer> counts = counts(seen, alive, mayOwn);
    Map<String, Integer> taking = withoutSlow(counts, seen.now());
    Map<String, Integer> shares = shares(taking, seen.partitions().size() - held(counts, taking));
    Map<String, Integer> falling = falling(taking, shares, orphans.size());
    watch(counts, falling, seen.now());
    int keep = Math.min(own.size(), shares.getOrDefault(node, 0));
    return new Plan(part(orphans, falling), own.subList(keep, own.size()));
  }

  private static List<Integer> partitions(Membership seen, Predicate<PartitionRow> which) {
    return seen.partitions().stream().filter(which).map(PartitionRow::partition).sorted().toList();
  }

  /// Returns how many partitions each node owns that may own some and is alive, by id.
  private static Map<String, Integer> counts(
      Membership seen, Set<String> alive, Set<String> mayOwn) {
    var counts = new TreeMap<String, Integer>();
    alive.stream().filter(mayOwn::contains).forEach(id -> counts.put(id, 0));
    for (PartitionRow row : seen.partitions()) {
      if (row.owner() != null) {
        counts.computeIfPresent(row.owner(), (id, count) -> count + 1);
      }
    }
    return counts;
  }

  private Map<String, Integer> withoutSlow(Map<String, Integer> counts, long now) {
    var taking = new TreeMap<>(counts);
    taking.keySet().removeIf(id -> isPassedOver(id, now));
    return taking;
  }

  /// Returns how many partitions the nodes that are passed over keep.
  private static int held(Map<String, Integer> counts, Map<String, Integer> taking) {
    return total(counts) - total(taking);
  }

  private static int total(Map<String, Integer> counts) {
    return counts.values().stream().mapToInt(count -> count).sum();
  }

  /// Returns the share of each node: the larger ones for those that own most, so that the fewest
  /// partitions move.
  private static Map<String, Integer> shares(Map<String, Integer> counts, int partitions) {
    var byCount = new ArrayList<>(counts.keySet());
    // Stable: equal ones stay in the order of their ids.
    byCount.sort(Comparator.comparing(counts::get, Comparator.reverseOrder()));
    var shares = new TreeMap<String, Integer>();
    int larger = partitions % counts.size();
    for (String id : byCount) {
      shares.put(id, partitions / counts.size() + (shares.size() < larger ? 1 : 0));
    }
    return shares;
  }

  /// Returns how many of the partitions without a living owner fall to each node: one by one to the
  /// one that has the fewest, and none beyond its share.
  private static Map<String, Integer> falling(
      Map<String, Integer> counts, Map<String, Integer> shares, int orphans) {
    var then = new TreeMap<>(counts);
    for (int i = 0; i < orphans; i++) {
      then.entrySet().stream()
          .filter(entry -> entry.getValue() < shares.getOrDefault(entry.getKey(), 0))
          .min(Map.Entry.comparingByValue())
          .ifPresent(entry -> then.merge(entry.getKey(), 1, Integer::sum));
    }
    then.replaceAll((id, count) -> count - counts.getOrDefault(id, 0));
    return then;
  }

  /// Returns what falls to this node: for each node one run of neighbours, which spreads evenly
  /// over the lanes of a node, in the order of ids.
  private List<Integer> part(List<Integer> orphans, Map<String, Integer> falling) {
    int from = 0;
    for (var entry : falling.entrySet()) {
      if (entry.getKey().equals(node)) {
        return orphans.subList(from, from + entry.getValue());
      }
      from += entry.getValue();
    }
    return List.of();
  }

  private boolean isPassedOver(String id, long now) {
    Slowness slowness = slow.get(id);
    return slowness != null && slowness.passedOverUntil() > now;
  }

  private void watch(Map<String, Integer> counts, Map<String, Integer> falling, long now) {
    slow.keySet().retainAll(counts.keySet());
    counts.forEach((id, count) -> {
      if (!id.equals(node)) {
        Slowness was = slow.getOrDefault(id, new Slowness(count, now, 0, 0));
        boolean owes = falling.getOrDefault(id, 0) > 0;
        slow.put(id, was.owned() == count ? after(was, owes, now) : new Slowness(count, now, 0, 0));
      }
    });
  }

  private Slowness after(Slowness was, boolean owes, long now) {
    if (was.passedOverUntil() > now) {
      return was;
    }
    if (!owes || was.passedOverUntil() != 0) {
      return new Slowness(was.owned(), now, 0, was.times());
    }
    if (now - was.since() < patienceMs) {
      return was;
    }
    long pauseMs = (patienceMs * PASSED_OVER_FACTOR) << Math.min(was.times(), DOUBLINGS_MAX);
    return new Slowness(was.owned(), now, now + pauseMs, was.times() + 1);
  }
}
