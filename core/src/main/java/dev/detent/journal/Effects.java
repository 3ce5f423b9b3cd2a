// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import dev.detent.codec.ProblemText;
import dev.detent.handler.Context.SqlFunction;
import dev.detent.handler.Effect;
import dev.detent.handler.RetryPolicy;
import dev.detent.handler.TerminalException;
import dev.detent.store.InvocationRow;
import dev.detent.store.StepRow;
import dev.detent.store.StepRow.Kind;
import dev.detent.store.StepRow.Status;
import dev.detent.store.Transact;
import org.jspecify.annotations.Nullable;

/// Runs side effects and records how they end.
///
/// **Threads**: the line's.
final class Effects {
  private final Line line;
  private final Attempt attempt;
  private final Results results;

  /// Brings an error out of a transaction, which is rolled back for exceptions: an error might look
  /// like the connection's.
  private static final class Abandoned extends Exception {
    private static final long serialVersionUID = 1L;

    private final Error cause;

    Abandoned(Error cause) {
      super(cause);
      this.cause = cause;
    }
  }

  Effects(Line line, Results results) {
    this.line = line;
    this.attempt = line.attempt();
    this.results = results;
  }

  /// Holds what a step is to do.
  ///
  /// @param type the type of its result
  /// @param policy when its failure is final, or null if it never is
  record Step(
      String name,
      Class<?> type,
      @Nullable RetryPolicy policy,
      Effect<? extends @Nullable Object> effect) {}

  /// Holds how a step ended here.
  ///
  /// @param cause what it threw, or null
  private record Ended(Entry entry, @Nullable Throwable cause) {}

  /// Runs a step, unless it is recorded.
  @Nullable Object step(Step step) {
    Wanted wanted = Wanted.of(Kind.STEP, Door.name("step", step.name()));
    String position = line.advance();
    StepRow row = recorded(wanted);
    Throwable cause = null;
    if (row == null) {
      Ended ended = run(step, wanted, position);
      row = line.append(ended.entry(), wanted);
      cause = ended.cause();
    }
    line.pass(row, row.at(), cause);
    return results.read(row.value(), step.type(), wanted);
  }

  /// Returns what is recorded, or null. In an attempt after a failed one, a step is a place where
  /// the cancellation arrives too: the pause before was a wait.
  private @Nullable StepRow recorded(Wanted wanted) {
    StepRow row = line.recorded(wanted);
    boolean waited = attempt.row().run().attempt() > 0;
    return row == null && waited && line.gate().cancelDue() ? line.cancelled(wanted) : row;
  }

  private Ended run(Step step, Wanted wanted, String position) {
    line.gate().flush();
    String key = attempt.entryId(position);
    for (int failures = 1; ; failures++) {
      try {
        Object result = line.outside(() -> step.effect().run(key));
        String value = results.write(result, step.type(), wanted);
        return new Ended(Entry.completed(position, wanted, value), null);
      } catch (Throwable e) {
        Entry last = failed(step.policy(), wanted, position, failures, e);
        if (last != null) {
          return new Ended(last, e);
        }
      }
    }
  }

  /// Returns the entry of a final failure, or null after the pause before the next try.
  private @Nullable Entry failed(
      @Nullable RetryPolicy policy, Wanted wanted, String position, int failures, Throwable e) {
    if (e instanceof Unwinding unwinding) {
      throw unwinding;
    }
    line.gate().requireOpen();
    if (e instanceof TerminalException terminal) {
      return failed(wanted, position, terminal);
    }
    if (policy == null || e instanceof Error) {
      throw attempt.repeat(wanted.shown(), e);
    }
    if (failures >= policy.attemptsMax()) {
      return failed(wanted, position, Failures.exhausted(wanted.shown(), failures, e));
    }
    boolean goesOn = line.gate().pause(policy.pause(failures));
    return goesOn
        ? null
        : failed(wanted, position, TerminalException.of(Failures.cancelled(attempt.key())));
  }

  private static Entry failed(Wanted wanted, String position, TerminalException e) {
    return Entry.failed(position, wanted, ProblemText.write(e.problem()));
  }

  /// Runs SQL in one transaction with its record, unless it is recorded.
  @Nullable Object transact(
      String name, Class<?> type, SqlFunction<? extends @Nullable Object> work) {
    Wanted wanted = Wanted.of(Kind.TRANSACT, Door.name("transact", name));
    String position = line.advance();
    StepRow row = recorded(wanted);
    Throwable cause = null;
    if (row == null) {
      line.gate().flush();
      try {
        row = commit(wanted, position, type, work);
      } catch (TerminalException e) {
        line.gate().requireOpen();
        row = line.append(failed(wanted, position, e), wanted);
        cause = e;
      }
    }
    line.pass(row, row.at(), cause);
    return results.read(row.value(), type, wanted);
  }

  private StepRow commit(
      Wanted wanted, String position, Class<?> type, SqlFunction<? extends @Nullable Object> work) {
    Transact inside =
        connection -> {
          try {
            Object result = line.outside(() -> work.run(connection));
            line.gate().requireOpen();
            return row(position, wanted, results.write(result, type, wanted));
          } catch (Error e) {
            throw new Abandoned(e);
          }
        };
    Journal journal = attempt.journal();
    try {
      StepRow row =
          line.gate().shielded(() -> journal.transact(attempt.assignment(), position, inside));
      return line.committed(row, wanted);
    } catch (TerminalException e) {
      throw e;
    } catch (Abandoned e) {
      throw e.cause instanceof Unwinding own ? own : attempt.repeat(wanted.shown(), e.cause);
    } catch (Throwable e) {
      throw attempt.repeat(wanted.shown(), e);
    }
  }

  private StepRow row(String position, Wanted wanted, @Nullable String value) {
    InvocationRow invocation = attempt.row();
    return new StepRow(
        invocation.id(),
        invocation.run().life(),
        position,
        invocation.partition(),
        wanted.kind(),
        wanted.name(),
        Status.COMPLETED,
        null,
        value,
        null,
        line.now(),
        null);
  }
}
