// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.store.Batch;
import dev.detent.store.EventRow;
import dev.detent.store.Fence;
import dev.detent.store.InstanceRow;
import dev.detent.store.InstanceWrite;
import dev.detent.store.InvocationRow;
import dev.detent.store.InvocationRow.End;
import dev.detent.store.InvocationRow.Parent;
import dev.detent.store.Membership;
import dev.detent.store.NodeRow;
import dev.detent.store.PartitionRow;
import dev.detent.store.StepRow;
import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;
import dev.detent.store.TimerDrop;
import dev.detent.store.TimerRow;
import dev.detent.store.Token;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Keeps in memory what a [dev.detent.store.Store] promises to keep, with the fences of one; it may
/// also hold transactions whose end nobody has seen.
final class ModelStore {
  static final int PARTITIONS = 4;
  private static final List<Integer> ALL = List.of(0, 1, 2, 3);

  private static final Comparator<InvocationRow> QUEUES =
      Comparator.comparing((InvocationRow row) -> row.key().machine())
          .thenComparing(row -> row.key().key())
          .thenComparingLong(InvocationRow::ordinal)
          .thenComparing(InvocationRow::id);

  private final Schedule schedule;
  private final Truth truth;
  private final Mutant mutant;
  private final boolean exclusive;
  private final Ledger ledger;
  private final List<Place> places = new ArrayList<>();
  private final ModelInstances instances;
  private final TreeMap<String, TimerRow> timers = new TreeMap<>();
  private final Map<String, InvocationRow> invocations = new HashMap<>();
  private final Map<String, InvocationRow> purged = new HashMap<>();
  private final Map<Token, String> tokens = new HashMap<>();
  private final List<List<EventRow>> events = new ArrayList<>();
  private final List<Batch> undecided = new ArrayList<>();
  private final TreeMap<String, NodeRow> nodes = new TreeMap<>();
  private final ModelJournals journals = new ModelJournals();

  /// Holds a partition's row.
  private static final class Place {
    @Nullable String owner;
    long epoch;
    long seq;
    long lastOffset;
    String ownerBatch = "";
    String fencedBatch = "";
  }

  ModelStore(Schedule schedule, Truth truth, Mutant mutant, boolean exclusive) {
    this.schedule = schedule;
    this.truth = truth;
    this.mutant = mutant;
    this.exclusive = exclusive;
    this.ledger = new Ledger(schedule, truth, this);
    this.instances = new ModelInstances(truth, mutant);
    for (int i = 0; i < PARTITIONS; i++) {
      places.add(new Place());
      events.add(new ArrayList<>());
    }
  }

  Ledger ledger() {
    return ledger;
  }

  /// Takes all partitions for a node that never says that it is alive.
  List<PartitionRow> acquire() {
    return acquire("node", ALL);
  }

  /// Takes those partitions whose owner is not alive.
  List<PartitionRow> acquire(String owner, Collection<Integer> partitions) {
    var rows = new ArrayList<PartitionRow>();
    for (int partition : new TreeSet<>(partitions)) {
      settle(partition);
      Place place = places.get(partition);
      if (exclusive || owner.equals(place.owner) || !alive(place.owner)) {
        place.owner = owner;
        place.epoch += mutant == Mutant.EPOCHS_KEPT && place.epoch > 0 ? 0 : 1;
        place.fencedBatch = place.ownerBatch;
        rows.add(row(partition));
      }
    }
    return rows;
  }

  /// Gives partitions up.
  void release(Collection<PartitionRow> rows) {
    for (PartitionRow row : rows) {
      settle(row.partition());
      Place place = places.get(row.partition());
      if (place.epoch == row.epoch()) {
        place.owner = null;
      }
    }
  }

  /// Says that a node is alive, and shows who else is.
  Membership heartbeat(NodeRow node, long leaseMs) {
    long now = schedule.clock();
    NodeRow before = nodes.get(node.id());
    long started = before == null ? now : before.startedAt();
    nodes.put(
        node.id(), new NodeRow(node.id(), node.address(), started, now + leaseMs, node.machines()));
    return new Membership(now, List.copyOf(nodes.values()), rows());
  }

  void forget(Collection<String> ids) {
    ids.forEach(nodes::remove);
  }

  private boolean alive(@Nullable String owner) {
    NodeRow node = owner == null ? null : nodes.get(owner);
    return node != null && node.expiresAt() > schedule.clock();
  }

  List<PartitionRow> rows() {
    reopen();
    return ALL.stream().map(this::row).toList();
  }

  long epoch(int partition) {
    return places.get(partition).epoch;
  }

  @Nullable StepRow entry(String invocation, int life, String position) {
    return journals.entry(invocation, life, position);
  }

  private PartitionRow row(int partition) {
    Place place = places.get(partition);
    return new PartitionRow(partition, place.owner, place.epoch, place.seq, place.lastOffset);
  }

  /// Returns the last events of the partitions that have grown.
  List<EventRow> last(Map<Integer, Long> known) {
    var last = new ArrayList<EventRow>();
    known.forEach((partition, offset) -> {
      if (places.get(partition).lastOffset > offset && !events.get(partition).isEmpty()) {
        last.add(events.get(partition).getLast());
      }
    });
    return last;
  }

  /// Commits, or says why not.
  void commit(Batch batch) {
    check(batch);
    apply(batch, true);
  }

  /// Checks a batch and holds its locks, as a transaction whose COMMIT got lost does.
  void commitLater(Batch batch) {
    check(batch);
    undecided.add(batch);
  }

  @Nullable Boolean isCommitted(Batch batch) {
    batch.fences().forEach(fence -> settle(fence.partition()));
    Fence fence = batch.fences().getFirst();
    Place place = places.get(fence.partition());
    if (mutant == Mutant.UNKNOWN_MEANS_NO || mutant == Mutant.UNKNOWN_MEANS_YES) {
      return mutant == Mutant.UNKNOWN_MEANS_YES;
    }
    if (place.epoch == fence.epoch()) {
      return place.ownerBatch.equals(batch.id());
    }
    return place.epoch == fence.epoch() + 1 ? place.fencedBatch.equals(batch.id()) : null;
  }

  /// Writes as a transaction of the application does: it moves the sequence, and no owner's mark.
  void foreign(Key key, EventRow event, InstanceRow after, List<TimerRow> starting) {
    int partition = after.partition();
    Place place = places.get(partition);
    // Version 0 has no state timers, only delayed sends.
    List<TimerDrop> dropped =
        after.version() == 1 ? List.of() : List.of(new TimerDrop(key, after.version() - 1, null));
    var write = new InstanceWrite(after, after.version() - 1);
    Fence fence = new Fence(partition, place.epoch, place.seq, place.lastOffset, 1);
    apply(
        new Batch(
            "foreign",
            List.of(fence),
            List.of(write),
            List.of(event),
            starting,
            dropped,
            List.of(),
            List.of(),
            List.of()),
        false);
  }

  /// Raises every sequence, as a new definition does.
  void define() {
    settleAll();
    places.forEach(place -> place.seq++);
  }

  List<InstanceRow> instances(Collection<Key> keys) {
    reopen();
    return instances.find(keys);
  }

  List<InvocationRow> invocations(Collection<Token> wanted) {
    reopen();
    return wanted.stream()
        .map(tokens::get)
        .filter(Objects::nonNull)
        .map(invocations::get)
        .filter(row -> row != null && row.token() != null)
        .toList();
  }

  /// Returns an invocation as a lane sees it.
  @Nullable InvocationRow kept(String id) {
    return invocations.get(id);
  }

  /// Returns an invocation, also if it is not kept any more.
  @Nullable InvocationRow invocation(String id) {
    return invocations.getOrDefault(id, purged.get(id));
  }

  Collection<InvocationRow> invocations() {
    return invocations.values();
  }

  /// Returns open invocations of a partition, by key and ordinal.
  List<InvocationRow> open(int partition, @Nullable InvocationRow after, int limit) {
    reopen();
    return invocations.values().stream()
        .filter(row -> row.partition() == partition && row.status().open())
        .filter(row -> after == null || QUEUES.compare(row, after) > 0)
        .sorted(mutant == Mutant.LINES_TURNED ? QUEUES.reversed() : QUEUES)
        .limit(limit)
        .toList();
  }

  List<StepRow> steps(String invocation) {
    reopen();
    return journals.of(invocation);
  }

  Collection<StepRow> steps() {
    return journals.all();
  }

  List<StepRow> pending(int partition, @Nullable StepRow after, int limit) {
    reopen();
    List<StepRow> pending = journals.pending(partition, after, limit);
    return switch (mutant) {
      case OUTBOX_LOST -> pending.stream().filter(s -> s.kind() != StepRow.Kind.SEND).toList();
      case SLEEPS_EARLY -> pending.stream().map(ModelStore::early).toList();
      default -> pending;
    };
  }

  private static StepRow early(StepRow step) {
    Long dueAt = step.dueAt();
    return dueAt == null || step.kind() != StepRow.Kind.SLEEP
        ? step
        : new StepRow(
            step.invocation(),
            step.life(),
            step.position(),
            step.partition(),
            step.kind(),
            step.name(),
            step.status(),
            null,
            null,
            null,
            step.at(),
            dueAt - 100);
  }

  /// Records a step in a transaction of its own, without moving the partition's sequence.
  ///
  /// @param done told if that is what is recorded, not another one
  StepRow transact(InvocationRow run, long epoch, StepRow step, Consumer<StepRow> done) {
    settle(run.partition());
    require(places.get(run.partition()).epoch == epoch, Kind.FENCED);
    InvocationRow stored = invocations.get(run.id());
    boolean running = stored != null && stored.status() == InvocationRow.Status.RUNNING;
    require(running && stored.run().life() == run.run().life(), Kind.FENCED);
    StepRow recorded = journals.entry(run.id(), run.run().life(), step.position());
    if (recorded != null) {
      return recorded;
    }
    done.accept(step);
    journals.write(step);
    return step;
  }

  /// Deletes invocations that ended and whose time to keep them is over.
  void purge(long now) {
    invocations.values().stream()
        .filter(row -> over(row, now))
        .forEach(row -> purged.put(row.id(), row));
    invocations.keySet().removeAll(purged.keySet());
  }

  private boolean over(InvocationRow row, long now) {
    Parent parent = row.parent();
    StepRow asked =
        parent == null
            ? null
            : journals.entry(parent.invocation(), parent.life(), parent.position());
    boolean awaited = asked != null && asked.status() == StepRow.Status.PENDING;
    End end = row.end();
    return end != null && end.expiresAt() <= now && !awaited;
  }

  @Nullable InstanceRow instance(Key key) {
    return instances.find(key);
  }

  Collection<InstanceRow> instances() {
    return instances.all();
  }

  /// Writes to a row of the user's by plain SQL, which waits for whoever has locked it.
  void edit(Key key, ModelInstances.@Nullable Row row) {
    settle(key.partition(PARTITIONS));
    instances.edit(key, row);
  }

  Collection<TimerRow> timers() {
    return timers.values();
  }

  long lastOffset(int partition) {
    return places.get(partition).lastOffset;
  }

  long lastAt(int partition) {
    List<EventRow> all = events.get(partition);
    return all.isEmpty() ? 0 : all.getLast().at();
  }

  List<TimerRow> timers(long dueAtMax, int limit) {
    return timers(ALL, dueAtMax, limit);
  }

  List<TimerRow> timers(Collection<Integer> partitions, long dueAtMax, int limit) {
    reopen();
    long early = mutant == Mutant.TIMERS_EARLY ? 700 : 0;
    return timers.values().stream()
        .map(t -> early == 0 ? t : shifted(t, early))
        .filter(t -> t.dueAt() <= dueAtMax && partitions.contains(t.partition()))
        .sorted(Comparator.comparingLong(TimerRow::dueAt))
        .limit(limit)
        .toList();
  }

  private static TimerRow shifted(TimerRow t, long early) {
    return new TimerRow(
        t.key(), t.partition(), t.version(), t.name(), t.dueAt() - early, t.invocation());
  }

  /// Ends what is undecided: an exclusive file is recovered when it is opened again.
  private void reopen() {
    if (exclusive) {
      settleAll();
    }
  }

  /// Ends all transactions whose end nobody has seen.
  void settleAll() {
    ALL.forEach(this::settle);
  }

  void settle(int partition) {
    for (Batch batch : List.copyOf(undecided)) {
      if (batch.fences().stream().anyMatch(fence -> fence.partition() == partition)) {
        undecided.remove(batch);
        boolean good = schedule.random.nextBoolean();
        schedule.trace(() -> "undecided " + batch.id() + (good ? " is" : " is not") + " committed");
        if (good) {
          apply(batch, true);
        }
      }
    }
  }

  private void check(Batch batch) {
    batch.fences().forEach(fence -> settle(fence.partition()));
    if (mutant == Mutant.NO_FENCE) {
      return;
    }
    for (Fence fence : batch.fences()) {
      Place place = places.get(fence.partition());
      boolean fits = place.epoch == fence.epoch() && place.seq == fence.seq();
      require(fits && place.lastOffset == fence.lastOffset(), Kind.FENCED);
    }
    batch.instances().forEach(instances::require);
    for (EventRow event : batch.events()) {
      require(!event.input().contains("poison") && !event.input().contains("late"), Kind.REJECTED);
    }
    batch.invocations().forEach(row -> require(!row.input().contains("poison"), Kind.REJECTED));
    for (StepRow step : batch.steps()) {
      String value = step.value();
      require(value == null || !value.contains("poison"), Kind.REJECTED);
    }
  }

  private static void require(boolean holds, Kind kind) {
    if (!holds) {
      throw new StoreException(kind, "simulated " + kind, null);
    }
  }

  private void apply(Batch batch, boolean owner) {
    schedule.trace(() -> "applied " + batch.id() + " " + batch.fences() + shown(batch));
    truth.applying(batch, invocations);
    ledger.applying(batch);
    for (Fence fence : batch.fences()) {
      Place place = places.get(fence.partition());
      place.seq++;
      place.lastOffset += fence.events();
      place.ownerBatch = owner ? batch.id() : place.ownerBatch;
    }
    batch.instances().forEach(write -> instances.put(write.row()));
    batch.events().forEach(event -> events.get(event.offset().partition()).add(event));
    for (TimerRow timer : batch.timers()) {
      if (mutant != Mutant.TIMERS_LOST || !schedule.chance(0.05)) {
        timers.put(name(timer.key(), timer.version(), timer.name()), timer);
      }
    }
    if (mutant != Mutant.TIMERS_KEPT) {
      batch.dropped().forEach(this::drop);
    }
    batch.invocations().forEach(this::keep);
    if (mutant != Mutant.JOURNALS_KEPT) {
      batch.cleared().forEach(journals::clear);
    }
    batch.steps().forEach(journals::write);
    ledger.applied(batch);
  }

  private static String shown(Batch batch) {
    var text = new StringBuilder(" events " + batch.events().size());
    for (InvocationRow row : batch.invocations()) {
      text.append("\n   " + row.id() + " " + row.key() + " " + row.command());
      text.append(" " + row.status() + " " + row.ordinal() + " " + row.run());
    }
    for (StepRow step : batch.steps()) {
      String place = Ids.place(step.invocation(), step.life(), step.position());
      text.append("\n   " + place + " " + step.kind() + " " + step.status());
    }
    return text.toString();
  }

  private void keep(InvocationRow row) {
    invocations.put(row.id(), row);
    String token = row.token();
    if (token != null && (mutant != Mutant.TOKENS_LOST || !schedule.chance(0.3))) {
      tokens.put(new Token(row.key(), token), row.id());
    }
  }

  private void drop(TimerDrop drop) {
    String name = drop.name();
    if (name != null) {
      timers.remove(name(drop.key(), drop.version(), name));
    } else {
      String first = name(drop.key(), drop.version(), "");
      timers.subMap(first, true, first + '\uffff', false).clear();
    }
  }

  static String name(Key key, long version, String name) {
    return key + "\u0001" + version + "\u0001" + name;
  }
}
