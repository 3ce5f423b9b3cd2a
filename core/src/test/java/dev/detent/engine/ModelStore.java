// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.store.Batch;
import dev.detent.store.EventRow;
import dev.detent.store.Fence;
import dev.detent.store.InstanceRow;
import dev.detent.store.InstanceWrite;
import dev.detent.store.InvocationRow;
import dev.detent.store.PartitionRow;
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
import org.jspecify.annotations.Nullable;

/// Keeps in memory what a [dev.detent.store.Store] promises to keep, with the fences of one; it may
/// also hold transactions whose end nobody has seen.
final class ModelStore {
  static final int PARTITIONS = 4;

  private final Schedule schedule;
  private final Truth truth;
  private final Mutant mutant;
  private final boolean exclusive;
  private final List<Place> places = new ArrayList<>();
  private final Map<Key, InstanceRow> instances = new HashMap<>();
  private final TreeMap<String, TimerRow> timers = new TreeMap<>();
  private final Map<String, InvocationRow> invocations = new HashMap<>();
  private final Map<Token, String> tokens = new HashMap<>();
  private final List<List<EventRow>> events = new ArrayList<>();
  private final List<Batch> undecided = new ArrayList<>();

  /// Holds a partition's row.
  private static final class Place {
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
    for (int i = 0; i < PARTITIONS; i++) {
      places.add(new Place());
      events.add(new ArrayList<>());
    }
  }

  List<PartitionRow> acquire() {
    settleAll();
    for (Place place : places) {
      place.epoch++;
      place.fencedBatch = place.ownerBatch;
    }
    return rows();
  }

  List<PartitionRow> rows() {
    reopen();
    var rows = new ArrayList<PartitionRow>();
    for (int p = 0; p < PARTITIONS; p++) {
      Place place = places.get(p);
      rows.add(new PartitionRow(p, "node", place.epoch, place.seq, place.lastOffset));
    }
    return rows;
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
    return keys.stream().map(instances::get).filter(Objects::nonNull).toList();
  }

  List<InvocationRow> invocations(Collection<Token> wanted) {
    reopen();
    return wanted.stream()
        .map(tokens::get)
        .filter(Objects::nonNull)
        .map(invocations::get)
        .filter(Objects::nonNull)
        .toList();
  }

  @Nullable InvocationRow invocation(String id) {
    return invocations.get(id);
  }

  @Nullable InstanceRow instance(Key key) {
    return instances.get(key);
  }

  Collection<InstanceRow> instances() {
    return instances.values();
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
    reopen();
    long early = mutant == Mutant.TIMERS_EARLY ? 700 : 0;
    return timers.values().stream()
        .map(t -> early == 0 ? t : shifted(t, early))
        .filter(t -> t.dueAt() <= dueAtMax)
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
    for (int p = 0; p < PARTITIONS; p++) {
      settle(p);
    }
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
    for (InstanceWrite write : batch.instances()) {
      InstanceRow stored = instances.get(write.row().key());
      require((stored == null ? 0 : stored.version()) == write.expected(), Kind.FENCED);
    }
    for (EventRow event : batch.events()) {
      require(!event.input().contains("poison") && !event.input().contains("late"), Kind.REJECTED);
    }
    for (InvocationRow row : batch.invocations()) {
      require(!row.input().contains("poison"), Kind.REJECTED);
    }
  }

  private static void require(boolean holds, Kind kind) {
    if (!holds) {
      throw new StoreException(kind, "simulated " + kind, null);
    }
  }

  private void apply(Batch batch, boolean owner) {
    schedule.trace(() ->
        "applied " + batch.id() + " " + batch.fences() + " " + batch.events().size() + " events");
    truth.applying(batch, invocations);
    for (Fence fence : batch.fences()) {
      Place place = places.get(fence.partition());
      place.seq++;
      place.lastOffset += fence.events();
      place.ownerBatch = owner ? batch.id() : place.ownerBatch;
    }
    batch.instances().forEach(write -> instances.put(write.row().key(), write.row()));
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
