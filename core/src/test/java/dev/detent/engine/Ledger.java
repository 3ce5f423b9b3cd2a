// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static dev.detent.engine.Violation.unless;

import dev.detent.Key;
import dev.detent.codec.ProblemText;
import dev.detent.journal.Assignment;
import dev.detent.store.Batch;
import dev.detent.store.EventRow;
import dev.detent.store.InstanceRow;
import dev.detent.store.InvocationRow;
import dev.detent.store.InvocationRow.Run;
import dev.detent.store.InvocationRow.Status;
import dev.detent.store.StepRow;
import dev.detent.store.StepRow.Kind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Knows what became of every invocation and every effect, and checks each commit: lines, lives,
/// journals, and that what is recorded is not done again.
final class Ledger {
  private final Schedule schedule;
  private final Truth truth;
  private final ModelStore store;
  private final Map<Key, TreeMap<Long, String>> lines = new HashMap<>();
  private final Map<Key, Long> started = new HashMap<>();
  private final Map<String, Integer> runs = new HashMap<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private final Map<String, Integer> thrown = new HashMap<>();
  private final Map<String, String> passed = new HashMap<>();
  private final Map<String, Long> sleeps = new HashMap<>();
  private final Set<String> recorded = new HashSet<>();
  private final Map<String, String> children = new HashMap<>();
  private final Map<String, String> answers = new HashMap<>();
  private final Set<String> signals = new HashSet<>();
  private final Set<Long> moved = new HashSet<>();

  Ledger(Schedule schedule, Truth truth, ModelStore store) {
    this.schedule = schedule;
    this.truth = truth;
    this.store = store;
  }

  /// Checks that an attempt may begin.
  ///
  /// @param epoch the epoch in which the lane owns the partition
  void begins(Assignment assignment, long epoch) {
    InvocationRow row = assignment.row();
    if (store.epoch(row.partition()) != epoch) {
      return; // a zombie, which can't record anything
    }
    InvocationRow stored = store.invocation(row.id());
    boolean runs = stored != null && stored.status() == Status.RUNNING;
    unless(runs, "a committed start of " + row, String.valueOf(stored));
    Run run = Objects.requireNonNull(stored).run();
    unless(run.life() == row.run().life(), "life " + run.life(), row);
    unless(run.retryAt() <= schedule.clockMax(), "a pause until " + run.retryAt(), row);
    String first = lines.getOrDefault(row.key(), new TreeMap<>()).firstEntry().getValue();
    unless(first.equals(row.id()), "the first in line, " + first, row);
    InstanceRow instance = store.instance(row.key());
    String state = instance == null ? "Idle" : instance.state();
    unless(state.equals(assignment.situation().state()), "state " + state, assignment.situation());
  }

  /// Tells whether another node has taken the partition: then an attempt can't record anything.
  boolean outdated(SimulatedAttempt attempt) {
    return store.epoch(attempt.assignment().row().partition()) != attempt.epoch();
  }

  /// Counts a run of an effect.
  ///
  /// @return how often it has run, now included
  int ran(String place, SimulatedAttempt by) {
    unless(outdated(by) || !recorded.contains(place), "no run of what is recorded", place);
    schedule.trace(() -> "effect " + place);
    return runs.merge(place, 1, Integer::sum);
  }

  /// Counts an effect that its own record was committed with.
  void transacted(StepRow step) {
    String place = place(step);
    unless(recorded.add(place), "one transaction", place);
    runs.merge(place, 1, Integer::sum);
  }

  /// Numbers the lives of invocations.
  long number(String life) {
    return numbers.computeIfAbsent(life, _ -> numbers.size() + 1);
  }

  /// Counts a handler's own failures.
  int threw(String place) {
    return thrown.merge(place, 1, Integer::sum);
  }

  /// Checks what a handler gets to see at a place: always the same.
  void passed(String place, String what) {
    String before = passed.putIfAbsent(place, what);
    unless(before == null || before.equals(what), "the same as before, " + before, what);
  }

  /// Checks that a sleep is over.
  void slept(StepRow row) {
    Long dueAt = sleeps.get(place(row));
    boolean over = dueAt == null || dueAt <= schedule.clockMax();
    unless(over || row.status() == StepRow.Status.FAILED, "a sleep that is over", row);
  }

  /// Checks a batch before it is written.
  void applying(Batch batch) {
    batch
        .fences()
        .forEach(f ->
            unless(store.epoch(f.partition()) == f.epoch(), "no commit of a zombie", batch.id()));
    for (InvocationRow row : batch.invocations()) {
      InvocationRow before = store.invocation(row.id());
      if (before == null) {
        accepted(row);
      } else {
        changed(before, row);
      }
    }
    Map<String, InvocationRow> rows = new HashMap<>();
    batch.invocations().forEach(row -> rows.put(row.id(), row));
    batch.steps().forEach(step -> step(step, rows.get(step.invocation())));
    Set<Key> moved = new HashSet<>();
    batch.events().forEach(event -> moved.add(event.key()));
    moved.forEach(key -> begun(key, rows));
    ordered(batch.events(), batch.invocations());
  }

  private void accepted(InvocationRow row) {
    boolean fresh = row.run().life() == 0 && row.run().attempt() == 0;
    unless(fresh, "a new invocation", row);
    InvocationRow.Parent parent = row.parent();
    if (parent != null && store.invocation(parent.invocation()) != null) {
      String place = Ids.place(parent.invocation(), parent.life(), parent.position());
      unless(place.equals(children.get(row.id())), "what is asked at " + place, row);
    }
  }

  private void changed(InvocationRow before, InvocationRow row) {
    unless(before.end() == null, "no change of what has ended, " + before, row);
    Run was = before.run();
    Run is = row.run();
    unless(is.life() >= was.life(), "life " + was.life(), row);
    boolean queued = before.status() == Status.SCHEDULED;
    unless(queued || before.ordinal() == row.ordinal(), "ordinal " + before.ordinal(), row);
    boolean back = row.status() == Status.QUEUED && was.startedAt() > 0;
    boolean again = row.status() == Status.SCHEDULED && !row.equals(before);
    boolean same = queued && row.dueAt() == before.dueAt(); // delivered twice
    unless(!back && (!again || same), "no way back from " + before, row);
    boolean wanted = was.cancelled() || was.startedAt() == 0;
    unless(row.status() != Status.CANCELLED || wanted, "a cancellation of " + before, row);
    boolean early = row.status() != Status.SCHEDULED && before.status() == Status.SCHEDULED;
    boolean due = before.dueAt() <= schedule.clockMax() || row.end() != null;
    unless(!early || due, "nothing before its time", row);
  }

  /// Checks that nothing moves an instance while a handler runs on it.
  private void begun(Key key, Map<String, InvocationRow> rows) {
    TreeMap<Long, String> line = lines.get(key);
    if (line == null) {
      return;
    }
    String first = line.firstEntry().getValue();
    InvocationRow stored = store.invocation(first);
    InvocationRow next = rows.get(first);
    boolean ends = next != null && next.end() != null;
    boolean runs = stored != null && stored.run().startedAt() > 0;
    unless(ends || !runs, "no move while this runs: " + stored, String.valueOf(next));
  }

  /// Checks that invocations moved their instances in the order in which they stood in line.
  private void ordered(List<EventRow> events, List<InvocationRow> rows) {
    Map<Long, InvocationRow> byRequest = new HashMap<>();
    rows.forEach(row -> byRequest.put(Truth.request(row.input()), row));
    for (EventRow event : events) {
      InvocationRow row = byRequest.get(Truth.request(event.input()));
      if (row != null && row.ordinal() > 0 && event.command() != null) {
        long last = started.getOrDefault(event.key(), 0L);
        unless(row.ordinal() > last, "a place in line after " + last, row);
        started.put(event.key(), row.ordinal());
      }
    }
  }

  private void step(StepRow step, @Nullable InvocationRow changed) {
    InvocationRow row = changed == null ? store.invocation(step.invocation()) : changed;
    StepRow before = store.entry(step.invocation(), step.life(), step.position());
    String place = place(step);
    Long dueAt = step.dueAt();
    if (step.kind() == Kind.SLEEP && dueAt != null) {
      sleeps.putIfAbsent(place, dueAt);
    }
    boolean settled = before != null && before.status() != StepRow.Status.PENDING;
    unless(!settled || same(Objects.requireNonNull(before), step), "the same as " + before, step);
    boolean lives = row != null && row.status().open() && row.run().life() == step.life();
    unless(lives || step.kind() == Kind.SEND, "an entry of an open invocation, " + row, step);
    if (step.status() != StepRow.Status.PENDING) {
      recorded.add(place);
      boolean effect = step.kind() == Kind.STEP && step.status() == StepRow.Status.COMPLETED;
      unless(!effect || runs.containsKey(place), "a run of " + place, step);
    }
    StepRow.Outgoing outgoing = step.outgoing();
    if (outgoing != null && before == null && step.status() == StepRow.Status.PENDING) {
      unless(!children.containsValue(place), "one request at " + place, step);
      children.put(outgoing.child(), place);
    }
    boolean ends = step.status() != StepRow.Status.PENDING;
    if (outgoing != null && before != null && step.kind() == Kind.CALL && !settled && ends) {
      answered(step, outgoing.child());
    }
    if (step.kind() == Kind.AWAKEABLE && step.status() != StepRow.Status.PENDING) {
      answers.put(place, step.value() + " " + step.problem());
    }
    if (step.kind() == Kind.SIGNAL && step.position().startsWith("signal.")) {
      signals.add(String.valueOf(step.value()));
    }
  }

  private static String place(StepRow step) {
    return Ids.place(step.invocation(), step.life(), step.position());
  }

  private static boolean same(StepRow a, StepRow b) {
    return a.status() == b.status()
        && Objects.equals(a.value(), b.value())
        && Objects.equals(a.problem(), b.problem())
        && Objects.equals(a.outgoing(), b.outgoing());
  }

  /// Checks the answer of another instance against what is committed there.
  private void answered(StepRow step, String child) {
    InvocationRow row = store.invocation(child);
    InvocationRow.End end = row == null ? null : row.end();
    if (row == null) {
      unless(step.status() == StepRow.Status.FAILED, "no answer without an invocation", step);
    } else if (step.status() == StepRow.Status.COMPLETED) {
      boolean fits = end != null && Objects.equals(end.output(), step.value());
      unless(fits, "the answer of " + row, step);
    } else {
      unless(end != null && end.problem() != null, "the failure of " + row, step);
    }
  }

  /// Checks what a batch has left behind.
  void applied(Batch batch) {
    Set<Key> keys = new HashSet<>();
    for (InvocationRow row : batch.invocations()) {
      TreeMap<Long, String> line = lines.computeIfAbsent(row.key(), _ -> new TreeMap<>());
      if (row.status().open()) {
        String other = line.put(row.ordinal(), row.id());
        unless(other == null || other.equals(row.id()), "a place of its own, not " + other, row);
      } else {
        line.remove(row.ordinal(), row.id());
      }
      keys.add(row.key());
    }
    batch.invocations().stream().filter(row -> row.end() != null).forEach(this::ended);
    keys.forEach(this::line);
  }

  private void ended(InvocationRow row) {
    for (StepRow step : store.steps(row.id())) {
      boolean outgoing = step.kind() == Kind.SEND && step.status() == StepRow.Status.PENDING;
      unless(outgoing, "no journal of what has ended", step);
    }
    if (row.status() == Status.COMPLETED && row.ordinal() > 0) {
      Long before = lines.get(row.key()).lowerKey(row.ordinal());
      unless(before == null, "nobody left before " + row, String.valueOf(before));
    }
  }

  private void line(Key key) {
    TreeMap<Long, String> line = lines.get(key);
    if (line.isEmpty()) {
      lines.remove(key);
      return;
    }
    String first = line.firstEntry().getValue();
    for (String id : line.values()) {
      InvocationRow row = Objects.requireNonNull(store.invocation(id));
      boolean starts = row.run().startedAt() > 0;
      unless(!starts || id.equals(first), "nothing to run before " + first, row);
    }
  }

  /// Tells whether an awakeable was answered like this.
  boolean answered(String awakeable, String how) {
    return how.equals(answers.get(awakeable));
  }

  /// Tells whether a signal came.
  boolean signalled(String value) {
    return signals.contains(value);
  }

  /// Checks, when all is over, what became of everything.
  void over(Scripts scripts) {
    store.invocations().stream()
        .filter(row -> row.status() == Status.COMPLETED)
        .forEach(row -> moved.add(Truth.request(row.input())));
    for (InvocationRow row : store.invocations()) {
      unless(row.end() != null, "an end", row);
      if (row.key().machine().equals("job")) {
        over(row, scripts);
      }
    }
    unless(store.steps().isEmpty(), "no journals", store.steps());
    children.forEach((child, place) -> {
      InvocationRow parent = store.invocation(Ids.invocationOf(place));
      boolean killed = parent == null || parent.status() == Status.KILLED;
      boolean again = parent != null && parent.run().life() > 0;
      boolean known = store.invocation(child) != null;
      unless(known || killed || again, "an invocation for " + place, child);
    });
  }

  private void over(InvocationRow row, Scripts scripts) {
    InvocationRow.End end = Objects.requireNonNull(row.end());
    long r = Truth.request(row.input());
    EventRow event = r < 0 ? null : truth.event(r);
    boolean completed = row.status() == Status.COMPLETED;
    // A refusal is not kept, so a repeat runs under another id.
    boolean repeated = event != null && moved.contains(r);
    unless(completed || event == null || repeated, "no move of " + row, String.valueOf(event));
    if (completed && row.command().equals("work")) {
      Script.Finish finish = scripts.of(row).finish();
      unless(finish != Script.Finish.FAIL, "a failure as its script says", row);
      boolean stays = finish == Script.Finish.STAY;
      unless(stays == (event == null), "a move as its script says: " + row, String.valueOf(event));
    }
    if (event != null && completed) {
      unless(event.version() == end.version(), "version " + event.version(), row);
      unless(event.to().equals(end.state()), "state " + event.to(), row);
    }
    String problem = end.problem();
    unless(completed == (problem == null), "a problem if it failed", row);
    if (problem != null) {
      unless(ProblemText.read(problem).detail().length() > 0, "a reason", row);
    }
  }
}
