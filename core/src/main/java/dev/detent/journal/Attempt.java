// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.handler.CancelledException;
import dev.detent.handler.TerminalException;
import dev.detent.machine.Outcome;
import dev.detent.machine.Situation;
import dev.detent.store.InvocationRow;
import dev.detent.store.StepRow;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Runs a handler once, from its first line: what its journal has is remembered, the rest is done
/// and recorded.
///
/// **Guarantees**: it ends with exactly one call of [Journal#ended], or with none if it was
/// stopped. When something ends it, an effect that is under way is left to finish and its result is
/// recorded, so that it need not run again; a stopped attempt records nothing more.
///
/// **Threads**: the handler has a virtual thread, and so has each of its branches. The methods here
/// may be called by any thread and do not block.
public final class Attempt {
  private static final System.Logger LOG = System.getLogger(Attempt.class.getName());

  private final Assignment assignment;
  private final Journal journal;
  private final Lock lock = new ReentrantLock();
  private final Recording recording = new Recording();
  private final Map<Thread, Line> lines = new LinkedHashMap<>();
  private final Thread thread;
  private boolean cancelled;
  private boolean stopped;
  private boolean over;
  private long heard;
  private @Nullable Ending ending;

  /// Prepares an attempt.
  ///
  /// @param assignment what to run
  /// @param journal what it needs of the engine
  public Attempt(Assignment assignment, Journal journal) {
    this.assignment = assignment;
    this.journal = journal;
    this.cancelled = assignment.row().run().cancelled();
    this.thread = thread("", this::run);
  }

  /// Begins, on a thread of its own.
  public void start() {
    thread.start();
  }

  /// Hands over an entry that was completed, or a signal that came, once that is durable. It may
  /// come before the journal is loaded, and more than once.
  public void completed(StepRow row) {
    lock.lock();
    try {
      heard++;
      recording.put(row);
      each(gate -> {
        if (gate.awaits(row)) {
          gate.wake();
        }
      });
    } finally {
      lock.unlock();
    }
  }

  /// Says that the invocation is to be cancelled, once that is durable: the handler learns of it at
  /// its next wait.
  public void cancel() {
    lock.lock();
    try {
      heard++;
      cancelled = true;
      each(Gate::wake);
    } finally {
      lock.unlock();
    }
  }

  /// Stops it: nothing that it does counts from now on. Its threads are interrupted.
  public void stop() {
    lock.lock();
    try {
      stopped = true;
      each(Gate::interrupt);
    } finally {
      lock.unlock();
    }
  }

  /// Tells whether it has ended or was stopped.
  public boolean ended() {
    lock.lock();
    try {
      return over || stopped;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    Ending own = handle();
    Ending last;
    lock.lock();
    try {
      if (stopped) {
        return;
      }
      over = true;
      last = ending == null ? own : ending;
    } finally {
      lock.unlock();
    }
    journal.ended(assignment, Objects.requireNonNull(last, "how an unwound attempt ends"));
  }

  /// Runs the handler; what was decided meanwhile counts more than what comes out, and is all there
  /// is if nothing comes out.
  private @Nullable Ending handle() {
    try {
      Line line = load();
      Problem misfit = recording.isFresh() ? misfit() : null;
      if (misfit != null) {
        return new Ending.Failed(misfit);
      }
      line.gate().requireOpen();
      return handle(line);
    } catch (Unwinding e) {
      return null;
    } catch (Throwable e) {
      failed("the journal", e);
      return null;
    }
  }

  private Line load() {
    var stored = journal.load(assignment);
    lock.lock();
    try {
      recording.load(stored);
      return Line.of(this, thread);
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Problem misfit() {
    try {
      assignment.transition().action().check(assignment.situation());
      return null;
    } catch (DetentException e) {
      return e.problem().at(key());
    }
  }

  private @Nullable Ending handle(Line line) {
    Situation situation = assignment.situation().in(new JournaledContext(line));
    try {
      Outcome outcome = assignment.transition().action().apply(situation);
      line.requireDone("returns");
      return new Ending.Returned(outcome);
    } catch (TerminalException e) {
      line.requireDone("fails with " + e.code());
      return failed(e);
    } catch (Unwinding e) {
      throw e;
    } catch (Throwable e) {
      failed("the handler", e);
      return null;
    }
  }

  private Ending failed(TerminalException e) {
    Problem problem = e.problem().at(key());
    if (!(e instanceof CancelledException)) {
      return new Ending.Failed(problem);
    }
    // Not this one may have been cancelled, but one that it called.
    Map<String, Object> failure = Map.of("code", e.code());
    return isCancelled()
        ? new Ending.Cancelled(problem)
        : new Ending.Failed(
            Problem.of(ErrorCode.HANDLER_FAILED, problem.detail())
                .at(key())
                .with("failure", failure));
  }

  private boolean isCancelled() {
    lock.lock();
    try {
      return cancelled;
    } finally {
      lock.unlock();
    }
  }

  /// Decides that it is to be repeated.
  ///
  /// @param where what failed, such as `step 'charge'`
  void failed(String where, Throwable e) {
    if (decide(new Ending.Retry(Failures.retry(key(), where, e)))) {
      LOG.log(Level.INFO, () -> row().id() + " on " + key() + ": " + where + " failed", e);
    }
  }

  /// Decides that it is to be repeated. Returns what to throw.
  ///
  /// @param where what failed, such as `step 'charge'`
  Unwinding repeat(String where, Throwable e) {
    failed(where, e);
    return new Unwinding();
  }

  /// Decides that it stops until the code is another one. Returns what to throw.
  Unwinding mismatch(String what) {
    String detail = key() + ": " + what + "; fix the code and resume";
    decide(new Ending.Mismatched(Problem.of(ErrorCode.HANDLER_FAILED, detail).at(key())));
    return new Unwinding();
  }

  /// Decides how it ends, unless that is decided or it was stopped.
  ///
  /// @return whether it ends like that
  boolean decide(Ending how) {
    lock.lock();
    try {
      if (ending != null || stopped) {
        return false;
      }
      ending = how;
      each(Gate::wake);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Returns a thread of this attempt.
  ///
  /// @param suffix tells it from the others
  Thread thread(String suffix, Runnable body) {
    return Thread.ofVirtual()
        .name("detent-" + row().id() + suffix)
        .inheritInheritableThreadLocals(false)
        .unstarted(body);
  }

  /// Returns the lock that guards what the threads of this attempt share.
  Lock lock() {
    return lock;
  }

  Assignment assignment() {
    return assignment;
  }

  InvocationRow row() {
    return assignment.row();
  }

  Key key() {
    return row().key();
  }

  Journal journal() {
    return journal;
  }

  /// Returns the stable name of an entry.
  String entryId(String position) {
    return row().id() + "~" + row().run().life() + "~" + position;
  }

  // What follows is guarded by the lock.

  Recording recording() {
    return recording;
  }

  void add(Line line) {
    lines.put(line.gate().thread(), line);
  }

  void remove(Line line) {
    lines.remove(line.gate().thread());
  }

  /// Returns the line of the calling thread, or null.
  @Nullable Line current() {
    lock.lock();
    try {
      return lines.get(Thread.currentThread());
    } finally {
      lock.unlock();
    }
  }

  private void each(Consumer<Gate> what) {
    lines.values().forEach(line -> what.accept(line.gate()));
  }

  boolean cancelled() {
    return cancelled;
  }

  boolean stopped() {
    return stopped;
  }

  /// Tells whether it is decided how it ends.
  boolean decided() {
    return ending != null;
  }

  long heard() {
    return heard;
  }
}
