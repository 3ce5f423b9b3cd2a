// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.codec.Codec;
import dev.detent.codec.Json;
import dev.detent.event.EventLog;
import dev.detent.store.MachineRow;
import dev.detent.store.Membership;
import dev.detent.store.NodeRow;
import dev.detent.store.PartitionRow;
import dev.detent.store.Store;
import dev.detent.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Keeps a node among those that share a store: says that it lives, takes over its share of the
/// partitions and those of dead nodes, and gives up what is too much.
///
/// **Guarantees**: who may write is decided by the epochs in the store alone. What is done here,
/// and by which clock, matters only for how soon a partition has an owner that lives.
///
/// **Threads**: one for the heartbeat and one for everything else, so that a slow takeover does not
/// let the lease run out.
final class Cluster {
  private static final System.Logger LOG = System.getLogger(Cluster.class.getName());
  private static final long TICK_MS_MIN = 50;
  private static final long TICK_MS_MAX = 500;
  private static final int DEAD_LEASES = 10;
  private static final long LOOK_MS = 200;

  private final Store store;
  private final Lanes lanes;
  private final Router router;
  private final Definitions definitions;
  private final EventLog events;
  private final Observer observer;
  private final long leaseMs;
  private final String node;
  private final long startedAt;
  private final Shares shares;
  private final Map<Integer, Long> taken = new ConcurrentHashMap<>();
  private final Set<String> suspects = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService heart = executor("detent-heartbeat");
  private final ScheduledExecutorService balance = executor("detent-balance");
  private final ScheduledExecutorService looks = executor("detent-look");
  private final AtomicBoolean looking = new AtomicBoolean();
  private volatile Membership membership = new Membership(0, List.of(), List.of());
  private volatile boolean stopping;

  /// Makes a member that has not joined.
  Cluster(EngineBuilder builder, Lanes lanes, Router router, Parts parts) {
    this.store = builder.store;
    this.lanes = lanes;
    this.router = router;
    this.definitions = parts.definitions();
    this.events = parts.events();
    this.observer = parts.observer();
    this.leaseMs = builder.lease.toMillis();
    this.node = builder.node;
    this.startedAt = store.now();
    this.shares = new Shares(node, leaseMs);
    router.whenSilent(this::suspect);
  }

  /// Holds what a member tells and asks besides.
  record Parts(Definitions definitions, EventLog events, Observer observer) {}

  private static ScheduledExecutorService executor(String name) {
    return Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().name(name).daemon().factory());
  }

  /// Joins: takes over what nobody owns. Blocks until that is done.
  void start() {
    lanes.start();
    var _ = looks.scheduleWithFixedDelay(this::peek, LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
    if (store.exclusive()) {
      take(IntStream.range(0, store.partitions()).boxed().collect(Collectors.toSet()));
      router.learn(node, store.partitionRows(), Map.of());
      return;
    }
    beat();
    membership.nodes().forEach(other -> suspect(other.address()));
    burySuspects();
    beat();
    tend();
    long tick = Math.clamp(leaseMs / 10, TICK_MS_MIN, TICK_MS_MAX);
    var _ = heart.scheduleWithFixedDelay(this::beat, tick, tick, TimeUnit.MILLISECONDS);
    var _ = balance.scheduleWithFixedDelay(this::tend, tick, tick, TimeUnit.MILLISECONDS);
  }

  /// Looks at once whether callers have moved something: lanes and readers of the log hear of it.
  void poke() {
    if (!stopping && looking.compareAndSet(false, true)) {
      try {
        looks.execute(this::peek);
      } catch (RejectedExecutionException e) {
        looking.set(false); // it has stopped meanwhile
      }
    }
  }

  private void peek() {
    looking.set(false);
    if (stopping || store.alone()) {
      return;
    }
    try {
      List<PartitionRow> rows = store.partitionRows();
      rows.forEach(row -> events.advanced(row.partition(), row.lastOffset()));
      lanes.seen(rows);
    } catch (StoreException e) {
      observer.storeFailed(e.kind());
    }
  }

  /// Leaves: hands over all partitions, and says so. What is decided must be committed before.
  void stop() {
    stopping = true;
    looks.shutdown();
    balance.shutdown();
    heart.shutdown();
    try {
      var _ = balance.awaitTermination(1, TimeUnit.SECONDS);
      if (!store.exclusive()) {
        give(lanes.epochs().keySet());
        store.forget(List.of(node));
        router.wakeOthers();
      }
    } catch (StoreException e) {
      LOG.log(System.Logger.Level.INFO, "the partitions were not handed over: {0}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Returns who shares the store, as far as this node knows.
  Membership membership() {
    return membership;
  }

  /// Returns the partitions that this node owns.
  Set<Integer> owned() {
    return lanes.epochs().keySet();
  }

  /// Returns this node's id.
  String node() {
    return node;
  }

  /// Looks at once whether there is something to take over.
  void look() {
    if (!stopping && !store.exclusive()) {
      balance.execute(() -> {
        beat();
        tend();
      });
    }
  }

  /// Hears that a node does not answer.
  private void suspect(String address) {
    if (!address.equals(router.address()) && suspects.add(address) && !stopping) {
      balance.execute(this::burySuspects);
    }
  }

  private void beat() {
    try {
      var self = new NodeRow(node, router.address(), startedAt, 0, definitions.hashes());
      membership = store.heartbeat(self, leaseMs);
    } catch (StoreException e) {
      observer.storeFailed(e.kind());
    }
  }

  private void tend() {
    try {
      Membership now = membership;
      now.partitions().forEach(row -> events.advanced(row.partition(), row.lastOffset()));
      definitions.refresh();
      reconcile(now);
      Shares.Plan plan = shares.plan(now, eligible(now));
      if (!plan.acquire().isEmpty()) {
        take(Set.copyOf(plan.acquire()));
      }
      if (!plan.release().isEmpty()) {
        give(Set.copyOf(plan.release()));
      }
      forgetDead(now);
    } catch (StoreException e) {
      observer.storeFailed(e.kind());
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "sharing the partitions failed; it goes on", e);
    }
  }

  /// Compares what the store says with what the lanes have.
  private void reconcile(Membership now) {
    var missing = new HashSet<Integer>();
    Map<Integer, Long> here = lanes.epochs();
    for (PartitionRow row : now.partitions()) {
      if (!node.equals(row.owner())) {
        continue;
      }
      long epoch = taken.getOrDefault(row.partition(), -1L);
      if (epoch < row.epoch()) {
        missing.add(row.partition());
      } else if (epoch == row.epoch() && here.getOrDefault(row.partition(), -1L) == epoch) {
        router.own(List.of(row)); // it may have been sent astray while it came
      }
    }
    if (!missing.isEmpty()) {
      take(missing);
    }
    lanes.seen(now.partitions());
    router.learn(node, now.partitions(), addresses(now));
  }

  private Map<String, String> addresses(Membership now) {
    return now.nodes().stream()
        .filter(other -> other.expiresAt() > now.now())
        .collect(Collectors.toMap(NodeRow::id, NodeRow::address));
  }

  /// Takes partitions over that have no living owner.
  private void take(Set<Integer> wanted) {
    List<PartitionRow> rows = store.acquire(node, wanted);
    if (!rows.isEmpty()) {
      rows.forEach(row -> taken.put(row.partition(), row.epoch()));
      lanes.own(rows);
      router.taken(rows);
      observer.owns(lanes.epochs().size() + rows.size(), rows.size());
      refresh();
    }
  }

  private void refresh() {
    if (!store.exclusive()) {
      beat();
    }
  }

  /// Gives partitions up, when what is decided in them is committed.
  private void give(Set<Integer> partitions) {
    if (partitions.isEmpty()) {
      return;
    }
    int owned = lanes.epochs().size();
    router.disown(partitions);
    if (!lanes.disown(partitions)) {
      return;
    }
    var rows = new ArrayList<PartitionRow>();
    for (int partition : partitions) {
      // Not as the lanes know it: one that has just come may not have reached its lane.
      Long epoch = taken.get(partition);
      if (epoch != null) {
        rows.add(new PartitionRow(partition, node, epoch, 0, 0));
      }
    }
    release(rows);
    observer.owns(owned - rows.size(), 0);
    router.wakeOthers();
    refresh();
  }

  /// Hands partitions over that no lane here has any more. What can't be handed over is still this
  /// node's for the others: it is taken again as soon as the store is seen to say so.
  private void release(List<PartitionRow> rows) {
    try {
      store.release(rows);
    } catch (StoreException e) {
      rows.forEach(row -> taken.remove(row.partition()));
      throw e;
    }
  }

  /// Returns the nodes that have the code of every stored machine that needs code.
  private Set<String> eligible(Membership now) {
    Set<String> needed =
        store.machines().stream()
            .filter(row -> !row.kind().equals("json"))
            .map(MachineRow::name)
            .collect(Collectors.toSet());
    return now.nodes().stream()
        .filter(other -> machines(other).containsAll(needed))
        .map(NodeRow::id)
        .collect(Collectors.toSet());
  }

  private static Set<String> machines(NodeRow other) {
    Object read = Codec.standard().read(Json.trusted(other.machines()), Map.class);
    return read instanceof Map<?, ?> map
        ? map.keySet().stream().map(String::valueOf).collect(Collectors.toSet())
        : Set.of();
  }

  /// Forgets nodes at whose address nobody listens any more: their processes have ended. If that is
  /// wrong, they are fenced like any other zombie.
  private void burySuspects() {
    try {
      for (String address : Set.copyOf(suspects)) {
        suspects.remove(address);
        List<String> there =
            membership.nodes().stream()
                .filter(other -> other.address().equals(address) && !other.id().equals(node))
                .map(NodeRow::id)
                .toList();
        if (!there.isEmpty() && Probe.refused(address)) {
          store.forget(there);
          look();
        }
      }
    } catch (StoreException e) {
      observer.storeFailed(e.kind());
    }
  }

  private void forgetDead(Membership now) {
    List<String> dead =
        now.nodes().stream()
            .filter(other -> other.expiresAt() < now.now() - DEAD_LEASES * leaseMs)
            .map(NodeRow::id)
            .toList();
    if (!dead.isEmpty()) {
      store.forget(dead);
    }
  }

  /// Returns for how long a node counts as alive after its last sign of life.
  Duration lease() {
    return Duration.ofMillis(leaseMs);
  }
}
