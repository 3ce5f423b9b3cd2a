// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import dev.detent.codec.ProblemText;
import dev.detent.handler.Branch;
import dev.detent.handler.TerminalException;
import dev.detent.store.StepRow;
import dev.detent.store.StepRow.Kind;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Runs branches, and records what is not plain from their own records: which was first, and with
/// which failure they ended.
///
/// **Threads**: the line's.
final class Branching {
  private final Line line;
  private final Attempt attempt;

  Branching(Line line) {
    this.line = line;
    this.attempt = line.attempt();
  }

  <T extends @Nullable Object> List<T> all(List<Branch<T>> branches) {
    Door.branches(Wanted.ALL, branches, 0);
    Wanted wanted = Wanted.of(Kind.ANY, Wanted.ALL);
    String position = line.advance();
    StepRow row = entered(wanted);
    TerminalException failure = null;
    if (row == null) {
      Fork<T> fork = Fork.of(line, Fork.Until.FAILURE, List.copyOf(branches));
      fork.join();
      failure = fork.failure();
      if (failure == null) {
        line.requireBranches(branches.size());
        return fork.results();
      }
      row = line.append(failed(position, wanted, failure), wanted);
    }
    line.pass(row, row.at(), failure);
    throw attempt.mismatch("journal entry " + position + " is 'all' of branches without a failure");
  }

  <T extends @Nullable Object> T any(List<Branch<T>> branches) {
    Door.branches(Wanted.ANY, branches, 1);
    Wanted wanted = Wanted.of(Kind.ANY, Wanted.ANY);
    String position = line.advance();
    StepRow row = entered(wanted);
    return row == null ? first(position, wanted, branches) : again(row, position, branches);
  }

  /// Runs all until one succeeds.
  private <T extends @Nullable Object> T first(
      String position, Wanted wanted, List<Branch<T>> branches) {
    Fork<T> fork = Fork.of(line, Fork.Until.SUCCESS, List.copyOf(branches));
    fork.join();
    TerminalException failure = fork.winner() < 0 ? fork.failure() : null;
    String winner = Integer.toString(fork.winner());
    StepRow row =
        line.append(
            failure == null
                ? Entry.completed(position, wanted, winner)
                : failed(position, wanted, failure),
            wanted);
    line.pass(row, row.at(), failure);
    if (!winner.equals(row.value())) {
      var other = new IllegalStateException("expected branch " + winner + ", got " + row.value());
      throw attempt.repeat("journal entry " + position, other);
    }
    return fork.result();
  }

  /// Runs the one again that was first.
  private <T extends @Nullable Object> T again(
      StepRow row, String position, List<Branch<T>> branches) {
    line.pass(row, row.at(), null);
    int winner = Integer.parseInt(Objects.requireNonNull(row.value(), "number of a branch"));
    if (winner >= branches.size()) {
      throw attempt.mismatch(
          "journal entry "
              + position
              + " is branch "
              + winner
              + " of 'any', the code now asks for "
              + branches.size()
              + " branches");
    }
    Fork<T> fork = Fork.ofWinner(line, winner, branches.get(winner));
    fork.join();
    TerminalException failure = fork.failure();
    if (failure != null) {
      throw attempt.mismatch(
          "journal entry "
              + position
              + " is branch "
              + winner
              + " of 'any' with success, the code now fails there with "
              + failure.code());
    }
    return fork.result();
  }

  /// Returns what is recorded, or null if branches are to run. A cancellation that is due arrives
  /// here if none has begun, else within them.
  private @Nullable StepRow entered(Wanted wanted) {
    StepRow row = line.recorded(wanted);
    if (row != null) {
      return row;
    }
    boolean due = line.isNew() && line.gate().cancelDue();
    if (due) {
      return line.cancelled(wanted);
    }
    line.gate().flush();
    return null;
  }

  private static Entry failed(String position, Wanted wanted, TerminalException e) {
    return Entry.failed(position, wanted, ProblemText.write(e.problem()));
  }
}
