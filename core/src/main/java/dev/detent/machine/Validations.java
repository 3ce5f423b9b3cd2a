// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.handler.TerminalException;
import dev.detent.machine.Validation.Moment;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs the checks of a machine that its author wrote: what they refuse does not happen.
///
/// **Threads**: safe for any number of threads.
///
/// **Errors**: a check that throws refuses with HANDLER_FAILED, or with the code of the
/// [DetentException] that it threw; the problem's member `validation` names the check.
public final class Validations {
  static final Validations NONE = new Validations(List.of());

  /// The member of a problem that names the check which refused.
  public static final String MEMBER = "validation";

  private final List<Validation> before;
  private final List<Validation> after;
  private final List<Validation> written;

  Validations(List<Validation> all) {
    this.before = at(Moment.BEFORE, all);
    this.after = at(Moment.AFTER, all);
    this.written = at(Moment.WRITTEN, all);
  }

  private static List<Validation> at(Moment moment, List<Validation> all) {
    return all.stream().filter(validation -> validation.moment() == moment).toList();
  }

  /// Runs those that look at the state that is left, before the transition's code.
  public void before(Situation situation) {
    if (!before.isEmpty()) {
      run(before, situation, null, null);
    }
  }

  /// Runs those that look at the state that is entered, before anything is written.
  ///
  /// @param situation what the transition started from
  /// @param next what it led to
  public void after(Situation situation, Outcome.Move next) {
    if (!after.isEmpty()) {
      run(after, situation, next, null);
    }
  }

  /// Tells whether there are any that look at what is written.
  public boolean looksAtWritten() {
    return !written.isEmpty();
  }

  /// Runs those that look at what is written.
  ///
  /// @param situation what the transition started from
  /// @param next what it led to
  /// @param connection the transaction that has written it
  public void written(Situation situation, Outcome.Move next, Connection connection) {
    if (!written.isEmpty()) {
      run(written, situation, next, connection);
    }
  }

  private static void run(
      List<Validation> all,
      Situation situation,
      Outcome.@Nullable Move next,
      @Nullable Connection connection) {
    String to = next == null ? null : next.state();
    for (Validation validation : all) {
      if (validation.looksAt(situation.state(), to)) {
        run(validation, situation, next, connection);
      }
    }
  }

  private static void run(
      Validation validation,
      Situation situation,
      Outcome.@Nullable Move next,
      @Nullable Connection connection) {
    try {
      validation.check().run(situation, next, connection);
    } catch (DetentException e) {
      throw DetentException.of(e.problem().with(MEMBER, validation.name()), e);
    } catch (TerminalException e) {
      throw DetentException.of(e.problem().with(MEMBER, validation.name()), e);
    } catch (Throwable e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw DetentException.of(refused(validation, situation, next, e).at(situation.key()), e);
    }
  }

  private static Problem refused(
      Validation validation, Situation situation, Outcome.@Nullable Move next, Throwable e) {
    var move = new ArrayList<String>();
    move.add(situation.state() == null ? "nothing" : situation.state());
    if (next != null) {
      move.add(next.state());
    }
    String message = e.getMessage();
    String why = message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
    return Problem.of(
            ErrorCode.HANDLER_FAILED,
            "%s: validation %s of %s failed: %s; the state is unchanged"
                .formatted(situation.key(), validation.name(), String.join(" → ", move), why))
        .with(MEMBER, validation.name());
  }
}
