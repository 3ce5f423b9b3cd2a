// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.store.InvocationRow;
import dev.detent.store.StepRow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Remembers the open invocations of a lane's partitions: those of an instance in a line, of which
/// only the first may run.
///
/// **Limits**: all open invocations are in memory, so their number is bounded where they are
/// accepted.
///
/// **Threads**: the lane's.
final class Agenda {
  private static final Comparator<Wake> ORDER =
      Comparator.comparingLong(Wake::at)
          .thenComparing(Wake::invocation)
          .thenComparingInt(Wake::life)
          .thenComparing(Wake::position);

  private final Map<Key, ArrayDeque<Object>> lines = new HashMap<>();
  private final Map<String, Task> tasks = new HashMap<>();
  private final Map<String, Task> ending = new HashMap<>();
  private final Map<Key, Task> moving = new HashMap<>();
  private final TreeSet<Wake> wakes = new TreeSet<>(ORDER);
  private Map<String, Task> before = Map.of();

  /// Says when to look after an invocation.
  ///
  /// @param at when, in milliseconds since 1970 UTC
  /// @param invocation its id
  /// @param life the life that it is in
  /// @param position the entry that is due, or empty if the next attempt is
  record Wake(long at, String invocation, int life, String position) {}

  /// Tells whether an instance has open invocations.
  boolean busy(Key key) {
    return !lines.isEmpty() && lines.containsKey(key);
  }

  /// Returns how many stand in an instance's line.
  int length(Key key) {
    ArrayDeque<Object> line = lines.get(key);
    return line == null ? 0 : line.size();
  }

  /// Returns how many invocations are open.
  int size() {
    return tasks.size();
  }

  /// Returns the first of an instance's line if it is an invocation, or null.
  @Nullable Task head(Key key) {
    ArrayDeque<Object> line = lines.get(key);
    return line != null && line.peekFirst() instanceof Task task ? task : null;
  }

  /// Holds a timer that waits for its turn.
  ///
  /// @param ordinal its place among those of its instance
  record Deferred(Submission.Due due, long ordinal) {}

  /// Returns a timer that is first in an instance's line and takes it out, or null.
  @Nullable Deferred takeTimer(Key key) {
    ArrayDeque<Object> line = lines.get(key);
    if (line == null || !(line.peekFirst() instanceof Deferred deferred)) {
      return null;
    }
    line.removeFirst();
    tidy(key, line);
    return deferred;
  }

  /// Returns an open invocation, or null.
  @Nullable Task find(String invocation) {
    return tasks.get(invocation);
  }

  /// Returns an invocation as it was last known, perhaps before all was forgotten, or null.
  @Nullable Task known(String invocation) {
    Task task = tasks.getOrDefault(invocation, ending.get(invocation));
    return task == null ? before.get(invocation) : task;
  }

  /// Returns an invocation whose end is decided but not committed, or null.
  @Nullable Task ending(String invocation) {
    return ending.get(invocation);
  }

  /// Adds an invocation at the end of its instance's line.
  Task add(InvocationRow row, long batch) {
    var task = new Task(row, batch);
    tasks.put(row.id(), task);
    line(row.key()).addLast(task);
    return task;
  }

  /// Adds an invocation as the first of its instance's line.
  Task addFirst(InvocationRow row, long batch) {
    var task = new Task(row, batch);
    tasks.put(row.id(), task);
    line(row.key()).addFirst(task);
    return task;
  }

  /// Lets a timer wait for its turn.
  void defer(Deferred deferred) {
    line(deferred.due().key()).addLast(deferred);
  }

  /// Remembers an invocation that never stood in line until its end is committed.
  Task ending(InvocationRow row, long batch) {
    var task = new Task(row, batch);
    ending.put(task.id(), task);
    return task;
  }

  /// Returns all invocations that may have an attempt.
  List<Task> all() {
    var all = new ArrayList<>(tasks.values());
    all.addAll(ending.values());
    all.addAll(before.values());
    return all;
  }

  /// Takes an invocation out: its end is decided.
  void end(Task task) {
    tasks.remove(task.id());
    ending.put(task.id(), task);
    moving.put(task.key(), task);
    ArrayDeque<Object> line = line(task.key());
    line.removeFirstOccurrence(task);
    tidy(task.key(), line);
  }

  /// Takes note that an invocation's end is committed.
  void ended(Task task) {
    ending.remove(task.id());
    moving.remove(task.key(), task);
  }

  /// Returns the number of the batch in which an instance's line has moved, 0 if that is committed.
  long moved(Key key) {
    Task last = moving.isEmpty() ? null : moving.get(key);
    return last != null && ending.get(last.id()) == last ? last.batch() : 0;
  }

  /// Looks after an invocation at some time.
  void wakeAt(long at, Task task, String position) {
    wakes.add(new Wake(at, task.id(), task.row().run().life(), position));
  }

  /// Tells whether no attempt need start yet, and sees to it that somebody looks again then.
  ///
  /// What was due may not be any more, since the clock may have been set back.
  boolean waits(Task task, long now) {
    InvocationRow.Run run = task.row().run();
    if (run.retryAt() > now) {
      wakeAt(run.retryAt(), task, "");
      return true;
    }
    return !run.cancelled() && standsStill(task, now);
  }

  /// Tells whether the handler waits, outside of any branch, for something that has not come.
  private boolean standsStill(Task task, long now) {
    for (StepRow step : task.pending()) {
      boolean main = step.position().indexOf('.') < 0;
      Long dueAt = step.dueAt();
      if (main && step.kind() == StepRow.Kind.CALL) {
        return true;
      }
      if (main && step.kind() == StepRow.Kind.SLEEP && dueAt != null && dueAt > now) {
        wakeAt(dueAt, task, step.position());
        return true;
      }
    }
    return false;
  }

  /// Returns when to look again, in milliseconds since 1970 UTC.
  long wakeAt() {
    return wakes.isEmpty() ? Long.MAX_VALUE : wakes.first().at();
  }

  /// Takes out what is due.
  ///
  /// @param limit at most so many
  List<Wake> due(long now, int limit) {
    if (wakes.isEmpty() || wakes.first().at() > now) {
      return List.of();
    }
    var due = new ArrayList<Wake>();
    while (!wakes.isEmpty() && wakes.first().at() <= now && due.size() < limit) {
      Wake wake = wakes.removeFirst();
      Task task = tasks.get(wake.invocation());
      if (task != null && task.row().run().life() == wake.life()) {
        due.add(wake);
      }
    }
    return due;
  }

  /// Forgets all, but keeps what only memory knows for [#load].
  void clear() {
    if (before.isEmpty()) {
      before = new HashMap<>(tasks);
    } else {
      before.putAll(tasks);
    }
    before.putAll(ending);
    lines.clear();
    tasks.clear();
    ending.clear();
    moving.clear();
    wakes.clear();
  }

  /// Forgets what is of some partitions, but keeps what only memory knows for [#load].
  ///
  /// @return the timers that waited for their turn
  List<Submission.Due> clear(Set<Integer> partitions) {
    if (partitions.isEmpty()) {
      return List.of();
    }
    before = new HashMap<>(before);
    remember(tasks, partitions);
    remember(ending, partitions);
    moving.values().removeIf(task -> partitions.contains(task.row().partition()));
    var timers = new ArrayList<Submission.Due>();
    lines
        .values()
        .removeIf(line -> {
          boolean of =
              switch (line.peekFirst()) {
                case Task task -> partitions.contains(task.row().partition());
                case Deferred deferred -> partitions.contains(deferred.due().timer().partition());
                case null, default -> false;
              };
          line.stream()
              .filter(waiting -> of && waiting instanceof Deferred)
              .forEach(waiting -> timers.add(((Deferred) waiting).due()));
          return of;
        });
    return timers;
  }

  private void remember(Map<String, Task> some, Set<Integer> partitions) {
    some.values()
        .removeIf(task -> {
          boolean of = partitions.contains(task.row().partition());
          if (of) {
            before.put(task.id(), task);
          }
          return of;
        });
  }

  /// Takes what the store has of some partitions.
  ///
  /// @param open the open invocations, those of an instance in their order
  /// @param pending pending entries of their journals
  /// @param committed the number of the last committed batch
  /// @param epochs the epochs in which the partitions are owned
  void load(
      List<InvocationRow> open, List<StepRow> pending, long committed, Map<Integer, Long> epochs) {
    for (InvocationRow row : open) {
      Task task = add(row, 0);
      task.journal();
      Task known = before.get(row.id());
      if (known != null) {
        task.inherit(known, committed, epochs.getOrDefault(row.partition(), 0L));
      }
    }
    for (StepRow step : pending) {
      Task task = tasks.get(step.invocation());
      boolean waits = step.kind() != StepRow.Kind.SEND;
      if (task != null && waits && task.row().run().life() == step.life()) {
        task.wait(step);
        Long dueAt = step.dueAt();
        if (dueAt != null && step.kind() != StepRow.Kind.CALL) {
          wakeAt(dueAt, task, step.position());
        }
      }
    }
  }

  /// Takes note that an invocation's journal may have entries.
  void journaled(String invocation) {
    Task task = tasks.get(invocation);
    if (task != null) {
      task.journal();
    }
  }

  /// Takes note that an attempt does not run any more.
  void unattend(String invocation, long attempt) {
    Task task = tasks.get(invocation);
    if (task != null && task.live() == attempt) {
      task.unattended();
    }
    Task old = before.get(invocation);
    if (old != null && old.live() == attempt) {
      old.unattended();
    }
  }

  /// Returns the attempts that run what is not open any more, once all is loaded, and forgets them.
  Collection<Task> orphans() {
    var orphans = new ArrayList<Task>();
    for (Task task : before.values()) {
      Task now = tasks.get(task.id());
      if (task.live() != 0 && (now == null || now.attempt() != task.live())) {
        orphans.add(task);
      }
    }
    before = Map.of();
    return orphans;
  }

  /// Returns the instances that have a line.
  List<Key> lines() {
    return List.copyOf(lines.keySet());
  }

  private ArrayDeque<Object> line(Key key) {
    return lines.computeIfAbsent(key, _ -> new ArrayDeque<>(4));
  }

  private void tidy(Key key, ArrayDeque<Object> line) {
    if (line.isEmpty()) {
      lines.remove(key);
    }
  }
}
