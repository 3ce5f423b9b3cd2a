// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.store.Membership;
import dev.detent.store.NodeRow;
import dev.detent.store.PartitionRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Plays nodes that share partitions by [Shares], and the store between them, in one thread.
final class Town {
  private static final long LEASE_MS = 9_000;
  private static final long HEARTBEAT_MS = 3_000;

  private final Random random;
  private final boolean lagging;
  private final @Nullable String[] owners;
  private final Map<String, Resident> residents = new TreeMap<>();
  private final Map<String, Long> leases = new LinkedHashMap<>();
  private final Map<String, Look> looks = new TreeMap<>();
  private long now = 1_000_000;
  private long taken;
  private long released;
  private int names;

  private static final class Resident {
    final Shares shares;
    boolean stopping;

    Resident(String id) {
      shares = new Shares(id, LEASE_MS);
    }
  }

  private record Look(String node, Membership seen, Set<String> mayOwn) {}

  /// Makes a town without nodes.
  ///
  /// @param partitions how many there are
  /// @param random decides
  /// @param lagging whether nodes act on what they saw before others acted
  Town(int partitions, Random random, boolean lagging) {
    this.owners = new String[partitions];
    this.random = random;
    this.lagging = lagging;
  }

  int partitions() {
    return owners.length;
  }

  /// Returns how many partitions were taken so far.
  long moves() {
    return taken;
  }

  /// Returns how many partitions were given up so far.
  long released() {
    return released;
  }

  /// Lets a node come, die or stop.
  void happen() {
    int dice = random.nextInt(5);
    if (residents.isEmpty() || (dice < 2 && residents.size() < 9)) {
      join();
    } else if (dice < 4) {
      die();
    } else {
      any().stopping = true;
    }
  }

  /// Lets a node come whose name stands anywhere among the others'.
  String join() {
    String id = "node-" + random.nextInt(1_000) + "-" + names++;
    residents.put(id, new Resident(id));
    leases.put(id, now + LEASE_MS);
    return id;
  }

  /// Lets a node die, and returns how many partitions it owned.
  int die() {
    var ids = new ArrayList<>(residents.keySet());
    String id = ids.get(random.nextInt(ids.size()));
    residents.remove(id);
    return owned(id);
  }

  /// Makes sure that somebody is there who may own.
  void atLeastOne() {
    if (residents.values().stream().allMatch(resident -> resident.stopping)) {
      join();
    }
  }

  /// Lets each node look at the store and act on it; one that lags behind acts only after others,
  /// perhaps just before it looks again.
  void round() {
    now += HEARTBEAT_MS;
    var ids = new ArrayList<>(residents.keySet());
    Collections.shuffle(ids, random);
    for (String id : ids) {
      actOn(looks.remove(id));
      leases.put(id, now + LEASE_MS);
      looks.put(id, new Look(id, seen(), mayOwn()));
      while (!looks.isEmpty() && (!lagging || random.nextInt(3) == 0)) {
        var waiting = new ArrayList<>(looks.keySet());
        actOn(looks.remove(waiting.get(random.nextInt(waiting.size()))));
      }
    }
  }

  private void actOn(@Nullable Look look) {
    if (look != null && residents.containsKey(look.node())) {
      act(look);
    }
  }

  private void act(Look look) {
    Resident resident = residents.get(look.node());
    Shares.Plan plan = resident.shares.plan(look.seen(), look.mayOwn());
    for (int partition : plan.acquire()) {
      if (!isAlive(owners[partition])) {
        owners[partition] = look.node();
        taken++;
      }
    }
    for (int partition : plan.release()) {
      if (look.node().equals(owners[partition])) {
        owners[partition] = null;
        released++;
      }
    }
  }

  private boolean isAlive(@Nullable String node) {
    return node != null && leases.get(node) > now;
  }

  private Membership seen() {
    List<NodeRow> nodes =
        leases.entrySet().stream()
            .map(lease -> new NodeRow(lease.getKey(), "host:1", 1, lease.getValue(), "{}"))
            .toList();
    var rows = new ArrayList<PartitionRow>();
    for (int i = 0; i < owners.length; i++) {
      rows.add(new PartitionRow(i, owners[i], 1, 1, 0));
    }
    return new Membership(now, nodes, rows);
  }

  private Set<String> mayOwn() {
    var may = leases.keySet().stream().collect(Collectors.toSet());
    residents.forEach((id, resident) -> {
      if (resident.stopping) {
        may.remove(id);
      }
    });
    return may;
  }

  int owned(String node) {
    int count = 0;
    for (String owner : owners) {
      count += node.equals(owner) ? 1 : 0;
    }
    return count;
  }

  /// Tells whether all partitions are owned by nodes that may, in equal shares, and the leases of
  /// the dead have ended.
  boolean isSettled() {
    boolean mourned =
        leases.keySet().stream().noneMatch(id -> isAlive(id) && !residents.containsKey(id));
    var counts =
        residents.entrySet().stream()
            .filter(entry -> !entry.getValue().stopping)
            .map(entry -> owned(entry.getKey()))
            .sorted()
            .toList();
    int all = counts.stream().mapToInt(count -> count).sum();
    return mourned && all == owners.length && counts.getLast() - counts.getFirst() <= 1;
  }

  private Resident any() {
    var all = new ArrayList<>(residents.values());
    return all.get(random.nextInt(all.size()));
  }

  @Override
  public String toString() {
    return residents.keySet() + " share " + Arrays.toString(owners);
  }
}
