// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import dev.detent.handler.Branch;
import dev.detent.handler.TerminalException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/// Runs branches side by side, each on a thread of its own, and waits for them.
///
/// **Threads**: made and joined by the line that branches.
///
/// @param <T> the branches' result
final class Fork<T extends @Nullable Object> {
  /// Says what makes the others stop.
  enum Until {
    /// The first failure.
    FAILURE,
    /// The first success.
    SUCCESS
  }

  private final Line line;
  private final Lock lock;
  private final Until until;
  private final List<Arm> arms = new ArrayList<>();

  // Guarded by the lock.
  private int running;
  private int winner = -1;
  private @Nullable TerminalException failure;

  /// Holds one branch.
  private final class Arm {
    private final int index;
    private final Branch<T> branch;
    private final Thread thread;
    private final Line inner;
    private final List<T> result = new ArrayList<>(1);

    Arm(int index, Branch<T> branch, boolean known) {
      this.index = index;
      this.branch = branch;
      this.thread = line.attempt().thread("-" + line.position() + "." + index, this::run);
      this.inner = line.branch(index, known, thread);
    }

    private void run() {
      try {
        finish();
      } catch (Unwinding e) {
        // Whoever stopped it knows why.
        result.clear();
      } catch (Throwable e) {
        failed(e);
      } finally {
        leave();
      }
    }

    private void finish() throws Exception {
      inner.gate().requireOpen();
      try {
        result.add(branch.run(new JournaledContext(inner)));
      } catch (TerminalException e) {
        inner.requireDone("fails with " + e.code());
        failedForGood(e);
        return;
      }
      inner.requireDone("returns");
      inner.gate().flush();
      succeeded();
    }

    private void failed(Throwable e) {
      // One that was stopped may throw whatever its code makes of that.
      if (inner.gate().isOpen()) {
        line.attempt().failed("branch " + index, e);
      }
    }

    private void failedForGood(TerminalException e) {
      lock.lock();
      try {
        if (failure == null && !inner.gate().closed()) {
          failure = e;
          stopOthers(Until.FAILURE);
        }
      } finally {
        lock.unlock();
      }
    }

    private void succeeded() {
      lock.lock();
      try {
        if (winner < 0 && !inner.gate().closed()) {
          winner = index;
          stopOthers(Until.SUCCESS);
        }
      } finally {
        lock.unlock();
      }
    }

    private void stopOthers(Until reached) {
      // Whoever learns of a cancellation may have to undo something.
      if (reached == until && !line.gate().isCancelDue()) {
        arms.stream().filter(arm -> arm != this).forEach(arm -> arm.inner.gate().close());
      }
    }

    private void leave() {
      inner.leave();
      lock.lock();
      try {
        running--;
        line.gate().wake();
      } finally {
        lock.unlock();
      }
    }
  }

  private Fork(Line line, Until until) {
    this.line = line;
    this.lock = line.attempt().lock();
    this.until = until;
  }

  /// Begins all branches.
  static <T extends @Nullable Object> Fork<T> of(Line line, Until until, List<Branch<T>> branches) {
    var fork = new Fork<T>(line, until);
    for (int i = 0; i < branches.size(); i++) {
      fork.add(i, branches.get(i), false);
    }
    fork.start();
    return fork;
  }

  /// Begins the branch of which it is recorded that it came to its end.
  static <T extends @Nullable Object> Fork<T> ofWinner(Line line, int index, Branch<T> branch) {
    var fork = new Fork<T>(line, Until.SUCCESS);
    fork.add(index, branch, true);
    fork.start();
    return fork;
  }

  private void add(int index, Branch<T> branch, boolean known) {
    arms.add(new Arm(index, branch, known));
  }

  private void start() {
    running = arms.size();
    arms.forEach(arm -> arm.thread.start());
  }

  /// Waits until all are at their ends.
  void join() {
    line.gate().join(() -> running == 0);
  }

  // What follows may be asked after the join.

  /// Returns the first that succeeded, or -1.
  int winner() {
    return winner;
  }

  /// Returns what the first that failed threw, or null.
  @Nullable TerminalException failure() {
    return failure;
  }

  /// Returns the results in the order of the branches, and passes their time.
  List<T> results() {
    var results = new ArrayList<T>();
    for (Arm arm : arms) {
      line.pass(arm.inner.now());
      results.addAll(arm.result);
    }
    return Collections.unmodifiableList(results);
  }

  /// Returns the result of the first that succeeded, and passes its time.
  T result() {
    Arm first = arms.stream().filter(arm -> arm.index == winner).findFirst().orElseThrow();
    line.pass(first.inner.now());
    return first.result.getFirst();
  }
}
