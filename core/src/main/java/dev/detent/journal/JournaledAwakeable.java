// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import dev.detent.handler.Awakeable;
import dev.detent.store.StepRow;
import dev.detent.store.StepRow.Kind;
import org.jspecify.annotations.Nullable;

/// Waits for an answer that is recorded in the entry of the journal that its id names.
///
/// A wait has a position of its own in the line that waits, which may be another line than the one
/// that made it: a cancellation is recorded there, and does not use up the answer.
final class JournaledAwakeable<T extends @Nullable Object> implements Awakeable<T> {
  private final Attempt attempt;
  private final String position;
  private final Class<T> type;

  /// Makes one.
  ///
  /// @param position that of its entry
  JournaledAwakeable(Attempt attempt, String position, Class<T> type) {
    this.attempt = attempt;
    this.position = position;
    this.type = type;
  }

  @Override
  public String id() {
    return attempt.entryId(position);
  }

  @Override
  public T await() {
    Line line = attempt.current();
    if (line == null) {
      String got = "'" + Thread.currentThread().getName() + "'";
      throw new IllegalStateException(
          "awakeable: expected the thread of its handler or of a branch, got thread " + got);
    }
    Wanted wanted = Wanted.of(Kind.AWAKEABLE, position);
    line.advance();
    StepRow row = line.recorded(wanted);
    if (row == null) {
      row = answer(line, wanted);
    }
    line.pass(row, row.at(), null);
    return Results.as(type, new Results(attempt).read(row.value(), type, wanted));
  }

  private StepRow answer(Line line, Wanted wanted) {
    boolean cancellable = line.isNew();
    if (cancellable && line.gate().cancelDue()) {
      return line.cancelled(wanted);
    }
    if (!cancellable && attempt.recording().done(position) == null) {
      throw attempt.mismatch(
          "journal entry "
              + line.position()
              + " was passed, the code now asks for "
              + wanted.shown()
              + ", which has no answer");
    }
    StepRow row =
        line.gate().await(position, () -> attempt.recording().done(position), cancellable);
    return row == null ? line.cancelled(wanted) : row;
  }
}
