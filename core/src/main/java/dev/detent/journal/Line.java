// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import dev.detent.Problem;
import dev.detent.codec.ProblemText;
import dev.detent.handler.CancelledException;
import dev.detent.handler.TerminalException;
import dev.detent.store.StepRow;
import dev.detent.store.StepRow.Kind;
import dev.detent.store.StepRow.Status;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/// Walks along one line of a journal: that of the handler, or of one of its branches. What is
/// recorded at a position must be what the code asks for there.
///
/// **Threads**: its own.
final class Line {
  private static final int ENTRIES_MAX = 100_000;

  private final Attempt attempt;
  private final Gate gate;
  private final String prefix;
  private final int last;
  private final boolean finished;
  private int next;
  private volatile long now;
  private boolean busy;

  private Line(Gate gate, String prefix, long now, boolean finished) {
    this.attempt = gate.attempt();
    this.gate = gate;
    this.prefix = prefix;
    this.last = attempt.recording().last(prefix);
    this.now = now;
    this.finished = finished;
  }

  /// Begins the handler's line. The lock is held.
  static Line of(Attempt attempt, Thread thread) {
    long start = attempt.row().run().startedAt();
    var line = new Line(new Gate(attempt, null, thread), "", start, false);
    attempt.add(line);
    return line;
  }

  /// Begins the line of a branch of the entry that this line has just come to.
  ///
  /// @param index the branch's
  /// @param known whether it is recorded that the branch came to its end
  /// @param thread the branch's
  Line branch(int index, boolean known, Thread thread) {
    Lock lock = attempt.lock();
    lock.lock();
    try {
      var inner = new Gate(attempt, gate, thread);
      boolean ended = finished || known || next - 1 < last;
      var line = new Line(inner, position() + "." + index + ".", now, ended);
      attempt.add(line);
      return line;
    } finally {
      lock.unlock();
    }
  }

  /// Says that the line is at its end.
  void leave() {
    attempt.lock().lock();
    try {
      attempt.remove(this);
    } finally {
      attempt.lock().unlock();
    }
  }

  Attempt attempt() {
    return attempt;
  }

  Gate gate() {
    return gate;
  }

  /// Returns the time of the last entry that was passed, in milliseconds since 1970 UTC.
  long now() {
    return now;
  }

  /// Lets time pass, never back.
  void pass(long time) {
    now = Math.max(now, time);
  }

  /// Returns what tells this line's random numbers from all others.
  String seed() {
    return attempt.entryId(prefix) + "~" + attempt.key() + "~" + attempt.row().createdAt();
  }

  /// Refuses a use of the context at the wrong place, and leaves if the line is at its end.
  void enter() {
    if (!Thread.currentThread().equals(gate.thread())) {
      String got = "'" + Thread.currentThread().getName() + "'";
      throw new IllegalStateException(
          "context: expected use by the thread of its own handler or branch, got thread "
              + got
              + "; use all or any, and in each branch the context that it is given");
    }
    if (busy) {
      throw new IllegalStateException(
          "context: expected no use from within an effect, got one; end the step first");
    }
    gate.requireOpen();
  }

  /// Runs code of the user's that must not use the context.
  <T extends @Nullable Object> T outside(Callable<T> work) throws Exception {
    busy = true;
    try {
      return work.call();
    } finally {
      busy = false;
    }
  }

  /// Comes to the next position, and returns it.
  String advance() {
    enter();
    if (next >= ENTRIES_MAX) {
      throw attempt.mismatch(
          "journal: expected at most "
              + ENTRIES_MAX
              + " entries of a handler or branch, got one more; end it sooner");
    }
    next++;
    return position();
  }

  /// Returns the position that it has come to.
  String position() {
    return prefix + (next - 1);
  }

  /// Tells whether nothing shows that an earlier attempt has passed the position that it has come
  /// to.
  boolean isNew() {
    return next - 1 > last && !finished;
  }

  /// Returns what is recorded at the position that it has come to, or null if nothing is yet.
  @Nullable StepRow recorded(Wanted wanted) {
    String position = position();
    StepRow row = attempt.recording().row(position);
    boolean branched = attempt.recording().branches(position) > 0;
    if (row != null) {
      return fitting(row, wanted);
    }
    boolean missing = !wanted.mayLeaveNothing() && (finished || next - 1 < last);
    if (missing || (branched && !wanted.isOfBranches())) {
      throw attempt.mismatch(
          "journal entry "
              + position
              + " is "
              + unrecorded(next - 1)
              + ", the code now asks for "
              + wanted.shown());
    }
    return null;
  }

  /// Returns how to call in messages what has no record of its own.
  private String unrecorded(int index) {
    boolean branched = attempt.recording().branches(prefix + index) > 0;
    if (index < last) {
      return branched ? "'all' of branches" : "a wait that left no record";
    }
    return branched ? "branches" : "the end";
  }

  private StepRow fitting(StepRow row, Wanted wanted) {
    if (wanted.fits(row)) {
      return row;
    }
    throw attempt.mismatch(
        "journal entry "
            + row.position()
            + " is "
            + Wanted.shown(row)
            + ", the code now asks for "
            + wanted.shown());
  }

  /// Has an entry recorded at the position that it has come to, and returns the row that stands
  /// there.
  StepRow append(Entry entry, Wanted wanted) {
    return fitting(gate.append(entry), wanted);
  }

  /// Takes note of a row that the store has committed at the position that it has come to.
  StepRow committed(StepRow row, Wanted wanted) {
    attempt.recording().put(row);
    return fitting(row, wanted);
  }

  /// Returns what the signal carried that an entry is about, as JSON, or null.
  @Nullable String signal(StepRow entry) {
    long number = Long.parseLong(Objects.requireNonNull(entry.value(), "number of a signal"));
    StepRow signal = attempt.recording().signal(number);
    return Objects.requireNonNull(signal, "signal " + number).value();
  }

  /// Returns what is recorded, or begins it, or delivers the cancellation instead.
  StepRow begun(Wanted wanted, @Nullable Duration delay) {
    StepRow row = recorded(wanted);
    if (row != null) {
      return row;
    }
    return gate.cancelDue()
        ? cancelled(wanted)
        : append(Entry.pending(position(), wanted, delay), wanted);
  }

  /// Returns a row once it is not pending, or delivers the cancellation instead. That a sleep is
  /// over need not be recorded: what comes after it shows it too.
  StepRow done(StepRow row, Wanted wanted, boolean cancellable) {
    boolean slept = row.kind() == Kind.SLEEP && (finished || next - 1 < last);
    if (row.status() != Status.PENDING || slept) {
      return row;
    }
    StepRow done =
        gate.await(row.position(), () -> attempt.recording().done(row.position()), cancellable);
    return done != null ? done : cancelled(wanted);
  }

  /// Records at the position that it has come to that the cancellation was delivered there, and
  /// returns the row that stands there: something else may have come first.
  StepRow cancelled(Wanted wanted) {
    String problem = ProblemText.write(Failures.cancelled(attempt.key()));
    return append(Entry.failed(position(), wanted, problem), wanted);
  }

  /// Passes a row that is not pending.
  ///
  /// @param time the time that passes with it
  /// @throws TerminalException if it is the record of a failure
  void pass(StepRow row, long time, @Nullable Throwable cause) {
    pass(time);
    if (row.status() == Status.FAILED) {
      throw failure(row, cause);
    }
  }

  private TerminalException failure(StepRow row, @Nullable Throwable cause) {
    String text = Objects.requireNonNull(row.problem(), "problem of a failed entry");
    Problem problem = ProblemText.read(text);
    TerminalException failure = TerminalException.of(problem, cause);
    if (failure instanceof CancelledException) {
      gate.delivered();
    }
    return failure;
  }

  /// Requires that the line has come past everything that is recorded of it.
  ///
  /// @param how what the code does here
  void requireDone(String how) {
    gate.requireOpen();
    if (next > last) {
      return;
    }
    StepRow row = attempt.recording().row(prefix + next);
    String found = row == null ? unrecorded(next) : Wanted.shown(row);
    throw attempt.mismatch(
        "journal entry " + prefix + next + " is " + found + ", the code now " + how + " before it");
  }

  /// Requires that there are no records of more branches than there are.
  void requireBranches(int count) {
    int recorded = attempt.recording().branches(position());
    if (recorded > count) {
      throw attempt.mismatch(
          "journal entry "
              + position()
              + " has "
              + recorded
              + " branches, the code now asks for "
              + count);
    }
  }
}
