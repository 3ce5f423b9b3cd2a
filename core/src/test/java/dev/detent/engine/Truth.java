// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static dev.detent.engine.Violation.unless;

import dev.detent.Key;
import dev.detent.codec.Json;
import dev.detent.machine.Machine;
import dev.detent.machine.Timeout;
import dev.detent.machine.Transition;
import dev.detent.store.Batch;
import dev.detent.store.EventRow;
import dev.detent.store.Fence;
import dev.detent.store.InstanceRow;
import dev.detent.store.InstanceWrite;
import dev.detent.store.InvocationRow;
import dev.detent.store.TimerDrop;
import dev.detent.store.TimerRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Knows all that was ever committed, and checks each commit: order, versions, edges, timers.
final class Truth {
  private final Schedule schedule;
  private final Map<Key, Life> lives = new HashMap<>();
  private final Map<Long, EventRow> byRequest = new HashMap<>();
  private final TreeMap<String, TimerRow> timers = new TreeMap<>();
  private final long[] offsets = new long[ModelStore.PARTITIONS];
  private final long[] times = new long[ModelStore.PARTITIONS];

  /// Holds the history of one instance.
  static final class Life {
    final List<EventRow> events = new ArrayList<>();
    final Map<Long, String> data = new HashMap<>();

    /// All that a mapped instance ever was, or passed through, in its order.
    final List<Shape> shapes = new ArrayList<>(List.of(new Shape(0, null, null)));

    /// The state of a mapped instance, whoever brought it there.
    @Nullable String now;

    /// What its events and others have made of its sum.
    long sum;

    /// The highest version that somebody was told of.
    long known;

    long version() {
      return events.size();
    }

    @Nullable String state(long version) {
      return version == 0 ? null : events.get((int) version - 1).to();
    }
  }

  /// Shows what a mapped instance was.
  ///
  /// @param state null if there was no row
  /// @param data null if nobody could read that
  record Shape(long version, @Nullable String state, @Nullable String data) {}

  Truth(Schedule schedule) {
    this.schedule = schedule;
  }

  Life life(Key key) {
    return lives.computeIfAbsent(key, _ -> new Life());
  }

  /// Takes note of what somebody wrote by plain SQL.
  void edited(Key key, ModelInstances.@Nullable Row row) {
    Life life = life(key);
    life.now = row == null ? null : row.state();
    life.sum = row == null ? 0 : sum(row.data());
    life.shapes.add(new Shape(life.version(), life.now, row == null ? null : row.data()));
  }

  /// Returns the sum that a mapped instance holds.
  static long sum(String data) {
    return Long.parseLong(Json.trusted(data).members().get("sum").text());
  }

  /// Tells whether a mapped row holds what was written last.
  boolean shows(InstanceRow row) {
    if (!ModelInstances.mapped(row.key())) {
      return true;
    }
    String state = life(row.key()).now;
    return state == null
        ? row.state().equals(Instance.DELETED)
        : state.equals(row.state()) && sum(row.data()) == life(row.key()).sum;
  }

  @Nullable EventRow event(long request) {
    return byRequest.get(request);
  }

  long offset(int partition) {
    return offsets[partition];
  }

  /// Checks a batch that is being committed, and remembers it.
  void applying(Batch batch, Map<String, InvocationRow> invocations) {
    for (InvocationRow row : batch.invocations()) {
      if (row.kind().equals(Origin.AFTER) && !invocations.containsKey(row.id())) {
        begins(row, batch);
      }
    }
    var counts = new HashMap<Integer, Integer>();
    for (EventRow event : batch.events()) {
      order(event);
      edge(event);
      cause(event, batch, invocations);
      counts.merge(event.offset().partition(), 1, Integer::sum);
      life(event.key()).events.add(event);
      entered(event);
    }
    for (Fence fence : batch.fences()) {
      int events = counts.getOrDefault(fence.partition(), 0);
      unless(events == fence.events(), fence.events() + " events in " + batch.id(), events);
    }
    batch.instances().forEach(this::instance);
    for (TimerRow timer : batch.timers()) {
      timers.put(ModelStore.name(timer.key(), timer.version(), timer.name()), timer);
    }
    batch.dropped().forEach(this::drop);
  }

  private void entered(EventRow event) {
    if (ModelInstances.mapped(event.key())) {
      Life life = life(event.key());
      life.now = event.to();
      switch (String.valueOf(event.command())) {
        case "create" -> life.sum = 0;
        case "add" -> life.sum++;
        default -> {}
      }
      life.shapes.add(new Shape(event.version(), event.to(), null));
    }
  }

  private void order(EventRow event) {
    Life life = life(event.key());
    int partition = event.offset().partition();
    unless(partition == event.key().partition(ModelStore.PARTITIONS), "its partition", event);
    unless(event.version() == life.version() + 1, "version " + (life.version() + 1), event);
    unless(event.offset().offset() == offsets[partition] + 1, "the next offset", event);
    unless(event.at() >= times[partition], "a time from " + times[partition] + " on", event);
    unless(event.at() <= schedule.clockMax(), "no time in the future", event);
    offsets[partition]++;
    times[partition] = event.at();
  }

  private void edge(EventRow event) {
    Life life = life(event.key());
    boolean mapped = ModelInstances.mapped(event.key());
    String last = life.version() > 0 ? life.state(life.version()) : null;
    String from = mapped ? life.now : last;
    String implicit = life.version() == 0 ? implicit(event.key()) : null;
    unless(
        java.util.Objects.equals(event.from(), implicit != null ? implicit : from),
        "from " + from,
        event);
    boolean declared = machines(event.key()).stream().anyMatch(m -> declares(m, event));
    unless(declared && !event.forced(), "a declared transition", event);
  }

  /// Returns the state of an instance that nobody has touched, or null if there is none.
  static @Nullable String implicit(Key key) {
    return switch (key.machine()) {
      case "gate" -> "locked";
      case "job" -> "Idle";
      default -> null;
    };
  }

  private static boolean declares(Machine machine, EventRow event) {
    String command = event.command();
    String from = event.from();
    if (command != null) {
      Transition transition = machine.transition(from, command);
      return transition != null && transition.to().contains(event.to());
    }
    return from != null
        && machine.timeouts(from).stream().anyMatch(t -> t.transition().to().contains(event.to()));
  }

  static List<Machine> machines(Key key) {
    return switch (key.machine()) {
      case "gate" -> SimulatedMachines.GATES;
      case "job" -> List.of(SimulatedMachines.JOB);
      case "bill" -> List.of(SimulatedMachines.BILL);
      default -> List.of(SimulatedMachines.ORDER);
    };
  }

  private void cause(EventRow event, Batch batch, Map<String, InvocationRow> invocations) {
    if (event.cause().equals("after")) {
      timeout(event, batch);
      return;
    }
    long request = request(event.input());
    EventRow before = byRequest.put(request, event);
    unless(before == null, "one event of request " + request, before + " and " + event);
    if (event.cause().equals("send")) {
      invocations.values().stream()
          .filter(row -> request(row.input()) == request)
          .forEach(row -> {
            // One that stood in line may come to its turn after the clock was set back.
            boolean stood = row.ordinal() > 0 || stood(row, batch);
            long at = stood ? schedule.clockMax() : event.at();
            unless(at >= row.dueAt(), "not before " + row.dueAt(), event);
          });
    }
  }

  private static boolean stood(InvocationRow before, Batch batch) {
    return batch.invocations().stream()
        .anyMatch(row -> row.id().equals(before.id()) && row.ordinal() > 0);
  }

  /// Checks that a handler begins that a timer is for, which was due and is no more.
  void begins(InvocationRow row, Batch batch) {
    long version = life(row.key()).version();
    TimerRow timer = timers.get(ModelStore.name(row.key(), version, row.command()));
    boolean due = timer != null && timer.dueAt() <= row.createdAt();
    unless(due, "a timer that is due", row);
    boolean dropped =
        batch.dropped().stream()
            .anyMatch(d -> d.key().equals(row.key()) && row.command().equals(d.name()));
    unless(dropped, "the timer of it to end with it", row);
  }

  private void timeout(EventRow event, Batch batch) {
    long version = event.version() - 1;
    boolean handled =
        batch.invocations().stream()
            .anyMatch(row -> row.key().equals(event.key()) && row.kind().equals(Origin.AFTER));
    if (handled) {
      return;
    }
    boolean due =
        machines(event.key()).stream()
            .flatMap(machine -> machine.timeouts(String.valueOf(event.from())).stream())
            .filter(timeout -> timeout.transition().to().contains(event.to()))
            .map(timeout -> timers.get(ModelStore.name(event.key(), version, timeout.name())))
            .anyMatch(timer -> timer != null && timer.dueAt() <= event.at());
    unless(due, "a timer that is due", event);
    boolean dropped =
        batch.dropped().stream()
            .anyMatch(d -> d.key().equals(event.key()) && d.version() == version);
    unless(dropped, "the timer of it to end with it", event);
  }

  private void instance(InstanceWrite write) {
    Life life = life(write.row().key());
    unless(write.row().version() == life.version(), "version " + life.version(), write);
    unless(write.row().state().equals(life.state(life.version())), "the last event's state", write);
    EventRow last = life.events.getLast();
    unless(write.row().enteredAt() == last.at(), "to have entered at " + last.at(), write);
    boolean mapped = ModelInstances.mapped(write.row().key());
    boolean first = write.row().createdAt() == life.events.getFirst().at();
    unless(mapped || first, "the first time", write);
    if (mapped) {
      unless(sum(write.row().data()) == life.sum, "the sum " + life.sum, write);
      life.shapes.add(new Shape(life.version(), write.row().state(), write.row().data()));
    }
    life.data.put(write.row().version(), write.row().data());
  }

  private void drop(TimerDrop drop) {
    String name = drop.name();
    if (name != null) {
      timers.remove(ModelStore.name(drop.key(), drop.version(), name));
    } else {
      String first = ModelStore.name(drop.key(), drop.version(), "");
      timers.subMap(first, true, first + '\uffff', false).clear();
    }
  }

  /// Checks that every instance that is in a state with timeouts has a timer, and no other has.
  void checkTimers() {
    for (TimerRow timer : timers.values()) {
      boolean stays = timer.invocation() != null || life(timer.key()).version() == timer.version();
      unless(stays, "no timer of a state that was left", timer);
    }
    lives.forEach((key, life) -> {
      if (key.machine().equals("order") && "Paid".equals(life.state(life.version()))) {
        Timeout timeout = SimulatedMachines.ORDER.timeouts("Paid").getFirst();
        boolean set = timers.containsKey(ModelStore.name(key, life.version(), timeout.name()));
        unless(set, "a timer of " + key + " at version " + life.version(), timers.keySet());
      }
    });
  }

  /// Returns which request an input came from, or -1.
  static long request(String input) {
    if (input.equals("null")) {
      return -1;
    }
    return Long.parseLong(Json.trusted(input).members().get("r").text());
  }
}
