// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.store.StoreException;

/// Carries an error answer out of a command.
final class Refusal extends RuntimeException {
  static final Answer SYNTAX = Answer.error("syntax error");
  static final Answer NOT_WHOLE = Answer.error("value is not an integer or out of range");
  static final Answer WRONG_TYPE =
      new Answer.Failure("WRONGTYPE Operation against a key holding the wrong kind of value");

  private static final long serialVersionUID = 1L;
  private static final System.Logger LOG = System.getLogger(Refusal.class.getName());

  private final transient Answer answer;

  /// Refuses with an answer.
  Refusal(Answer answer) {
    super(answer.toString(), null, false, false);
    this.answer = answer;
  }

  /// Refuses as Redis refuses options that it does not understand.
  static Refusal syntax() {
    return new Refusal(SYNTAX);
  }

  Answer answer() {
    return answer;
  }

  /// Returns what a problem is told as.
  static Answer of(Problem problem) {
    return new Answer.Failure(problem.code().redisPrefix() + " " + problem.detail());
  }

  /// Returns what a failure is told as. What is a defect goes to the log only.
  static Answer of(Throwable failure) {
    return switch (failure) {
      case Refusal refusal -> refusal.answer;
      case DetentException refused -> of(refused.problem());
      case StoreException store -> {
        LOG.log(System.Logger.Level.WARNING, "store failed", store);
        yield of(
            Problem.of(
                ErrorCode.UNAVAILABLE, "store: expected an answer, got a failure; retry later"));
      }
      default -> {
        LOG.log(System.Logger.Level.ERROR, "command failed", failure);
        yield Answer.error("server: failed; its log says why");
      }
    };
  }
}
