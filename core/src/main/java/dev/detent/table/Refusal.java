// SPDX-License-Identifier: Apache-2.0
package dev.detent.table;

import dev.detent.DetentException;
import dev.detent.Problem;
import dev.detent.machine.Validations;

/// Tells why a move was refused, so that a program can decide what to do about it.
///
/// ```java
/// try {
///   payments.in(connection).move(id, Pending.class, new Completed("ok"));
/// } catch (DetentException e) {
///   switch (Refusal.of(e)) {
///     case OTHER_STATE -> log("it is " + e.problem().members().get("state"));
///     default -> throw e;
///   }
/// }
/// ```
public enum Refusal {
  /// There is no such row.
  NO_SUCH_ROW,
  /// The row is in another state: the problem's member `state` names it.
  OTHER_STATE,
  /// The machine declares no such transition, whatever state the row is in.
  NOT_DECLARED,
  /// The record or input does not fit the state or its columns; the member `path` says where.
  MISFIT,
  /// A check of the machine's author refused; the member `validation` names it.
  INVALID,
  /// The version moved on: the member `version` has the one that there is, or `rowVersion` that of
  /// the row's own column.
  VERSION_MOVED,
  /// There is such a row already.
  EXISTS,
  /// Nothing is wrong with it: roll back and run the transaction again.
  TRY_AGAIN,
  /// Something else, as the code of the exception says.
  OTHER;

  /// Returns why.
  public static Refusal of(DetentException e) {
    Problem problem = e.problem();
    if (problem.members().containsKey(Validations.MEMBER)) {
      return INVALID;
    }
    return switch (problem.code()) {
      case NOT_FOUND -> notFound(problem);
      case TRANSITION_NOT_ALLOWED ->
          Boolean.FALSE.equals(problem.members().get("declared")) ? NOT_DECLARED : OTHER_STATE;
      case INVALID_INPUT -> MISFIT;
      case VERSION_MISMATCH -> VERSION_MOVED;
      case ALREADY_EXISTS -> EXISTS;
      case OVERLOADED, UNAVAILABLE -> TRY_AGAIN;
      default -> OTHER;
    };
  }

  private static Refusal notFound(Problem problem) {
    return switch (String.valueOf(problem.members().get("what"))) {
      case "instance" -> NO_SUCH_ROW;
      case "command" -> NOT_DECLARED;
      default -> OTHER;
    };
  }
}
