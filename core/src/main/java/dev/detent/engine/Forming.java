// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.store.Batch;
import dev.detent.store.EventRow;
import dev.detent.store.Fence;
import dev.detent.store.InstanceRow;
import dev.detent.store.InstanceWrite;
import dev.detent.store.InvocationRow;
import dev.detent.store.Seen;
import dev.detent.store.StepDrop;
import dev.detent.store.StepRow;
import dev.detent.store.TimerDrop;
import dev.detent.store.TimerRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Collects decisions until they go to the store as one batch.
///
/// An instance that moves several times is written once, with its last state; a timer that is
/// started and ended within it is not written at all.
final class Forming {
  private final long number;
  private long order;
  private final List<Job.Held> held = new ArrayList<>();
  private final TreeMap<Integer, Integer> eventsByPartition = new TreeMap<>();
  private final Map<Key, InstanceWrite> instances = new LinkedHashMap<>();
  private final List<EventRow> events = new ArrayList<>();
  private final Map<Key, List<TimerRow>> timers = new LinkedHashMap<>();
  private final List<TimerDrop> dropped = new ArrayList<>();
  private final Map<String, InvocationRow> invocations = new LinkedHashMap<>();
  private final Map<String, Map<Place, StepRow>> steps = new LinkedHashMap<>();
  private final List<StepDrop> cleared = new ArrayList<>();
  private final Set<Integer> work = new TreeSet<>();
  private long bytes;

  /// Names an entry within the journals of one invocation.
  private record Place(int life, String position) {
    static Place of(StepRow step) {
      return new Place(step.life(), step.position());
    }
  }

  private Forming(long number, long order) {
    this.number = number;
    this.order = order;
  }

  /// Makes an empty one.
  static Forming first() {
    return new Forming(1, 0);
  }

  /// Makes the one after this.
  Forming next() {
    return new Forming(number + 1, order);
  }

  /// Returns the number.
  long number() {
    return number;
  }

  /// Returns the answers that wait for it.
  List<Job.Held> held() {
    return held;
  }

  /// Returns about how many bytes it holds.
  long bytes() {
    return bytes;
  }

  /// Returns the partitions of which it changes invocations or their journals.
  Set<Integer> work() {
    return work;
  }

  /// Tells whether it holds nothing at all.
  boolean isEmpty() {
    return held.isEmpty();
  }

  /// Tells whether it has something to write.
  boolean writes() {
    return !eventsByPartition.isEmpty();
  }

  /// Holds an answer back until this is committed.
  void hold(Submission submission, @Nullable Reply reply) {
    hold(submission, reply, null);
  }

  /// Holds an answer back, and something to do, until this is committed.
  void hold(Submission submission, @Nullable Reply reply, @Nullable Runnable then) {
    held.add(new Job.Held(submission, reply, then, true, ++order));
  }

  /// Returns an answer that writes nothing, in its place among the decisions.
  Job.Held resting(Submission submission, Resting resting) {
    return new Job.Held(submission, resting.reply(), resting.then(), false, ++order);
  }

  /// Adds an event.
  ///
  /// @param write the instance after it, as if nothing else of it were in this batch
  void moved(EventRow event, InstanceWrite write) {
    InstanceRow after = write.row();
    touch(after.partition(), 1);
    events.add(event);
    bytes += event.input().length() + 100L;
    InstanceWrite before = instances.get(after.key());
    bytes += before == null ? after.data().length() + 100L : 0;
    instances.put(after.key(), before == null ? write : after(before, after));
  }

  private static InstanceWrite after(InstanceWrite before, InstanceRow row) {
    Seen seen = before.seen();
    return new InstanceWrite(
        row,
        before.expected(),
        seen == null ? null : seen.through(before.row().state(), before.row().data()));
  }

  /// Ends the timers of an instance that were started at a version.
  ///
  /// @param stored whether they are in the store, not only in this batch
  void endTimers(Key key, int partition, long version, boolean stored) {
    List<TimerRow> mine = timers.get(key);
    if (mine != null) {
      mine.removeIf(timer -> timer.version() == version);
    }
    if (stored) {
      touch(partition, 0);
      dropped.add(new TimerDrop(key, version, null));
    }
  }

  /// Ends one timer by firing it, whatever comes of it.
  void endTimer(TimerRow timer) {
    touch(timer.partition(), 0);
    dropped.add(new TimerDrop(timer.key(), timer.version(), timer.name()));
  }

  /// Starts a timer.
  void startTimer(TimerRow timer) {
    touch(timer.partition(), 0);
    timers.computeIfAbsent(timer.key(), _ -> new ArrayList<>()).add(timer);
  }

  /// Writes an invocation.
  void keep(InvocationRow row) {
    work(row.partition());
    invocations.put(row.id(), row);
    bytes += row.input().length() + 200L;
  }

  /// Writes an entry of a journal.
  void record(StepRow step) {
    work(step.partition());
    steps.computeIfAbsent(step.invocation(), _ -> new LinkedHashMap<>(4)).put(Place.of(step), step);
    String value = step.value();
    bytes += 200L + (value == null ? 0 : value.length());
  }

  /// Deletes a journal, but the sends in it that are not delivered yet.
  void clear(int partition, String invocation) {
    work(partition);
    for (StepRow step : List.copyOf(steps.getOrDefault(invocation, Map.of()).values())) {
      if (!undelivered(step)) {
        clear(step); // one by one: a send is not delivered yet as far as the store knows
      }
    }
    cleared.add(new StepDrop(invocation, 0, null));
  }

  /// Deletes one entry of a journal: a send, the others go with the journal.
  void clear(StepRow step) {
    work(step.partition());
    Map<Place, StepRow> journal = steps.get(step.invocation());
    if (journal != null) {
      journal.remove(Place.of(step));
    }
    if (step.kind() == StepRow.Kind.SEND) {
      cleared.add(new StepDrop(step.invocation(), step.life(), step.position()));
    }
  }

  private static boolean undelivered(StepRow step) {
    return step.kind() == StepRow.Kind.SEND && step.status() == StepRow.Status.PENDING;
  }

  /// Returns the batch, or null if there is nothing to write.
  ///
  /// @param id names the commit
  @Nullable Batch batch(String id, Partitions partitions) {
    if (!writes()) {
      return null;
    }
    var fences = new ArrayList<Fence>(eventsByPartition.size());
    eventsByPartition.forEach((p, count) -> fences.add(partitions.fence(p, count)));
    events.sort(
        Comparator.comparingInt((EventRow e) -> e.offset().partition())
            .thenComparingLong(e -> e.offset().offset()));
    var starting = new ArrayList<TimerRow>();
    timers.values().forEach(starting::addAll);
    var recorded = new ArrayList<StepRow>(steps.size());
    steps.values().forEach(journal -> recorded.addAll(journal.values()));
    return new Batch(
        id,
        fences,
        List.copyOf(instances.values()),
        events,
        starting,
        dropped,
        List.copyOf(invocations.values()),
        recorded,
        cleared);
  }

  private void work(int partition) {
    touch(partition, 0);
    work.add(partition);
  }

  private void touch(int partition, int moreEvents) {
    eventsByPartition.merge(partition, moreEvents, Integer::sum);
  }
}
