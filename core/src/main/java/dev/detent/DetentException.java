// SPDX-License-Identifier: Apache-2.0
package dev.detent;

import org.jspecify.annotations.Nullable;

/// Reports a [Problem] to Java callers. Its four kinds differ in what a caller does about them.
public abstract sealed class DetentException extends RuntimeException
    permits RefusedException, FailedException, UnavailableException, OutcomeUnknownException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  DetentException(Problem problem, @Nullable Throwable cause) {
    super(problem.detail(), cause);
    this.problem = problem;
  }

  /// Returns the exception of the kind that fits the problem's code.
  public static DetentException of(Problem problem) {
    return of(problem, null);
  }

  /// Returns the exception of the kind that fits the problem's code, with a cause.
  public static DetentException of(Problem problem, @Nullable Throwable cause) {
    return switch (problem.code()) {
      case OVERLOADED, UNAVAILABLE -> new UnavailableException(problem, cause);
      case OUTCOME_UNKNOWN -> new OutcomeUnknownException(problem, cause);
      case HANDLER_FAILED, CANCELLED, INTERNAL -> new FailedException(problem, cause);
      default -> new RefusedException(problem, cause);
    };
  }

  /// Returns what went wrong.
  public Problem problem() {
    return problem;
  }

  /// Returns the row of the error table.
  public ErrorCode code() {
    return problem.code();
  }
}
