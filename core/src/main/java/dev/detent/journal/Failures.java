// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.handler.TerminalException;
import dev.detent.store.StepRow;
import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;
import java.util.Map;

/// Words the failures that entries of a journal may end with, and those of attempts.
public final class Failures {
  private Failures() {}

  /// Returns what a wait ends with when the invocation is cancelled.
  ///
  /// @param key the instance
  public static Problem cancelled(Key key) {
    return Problem.of(ErrorCode.CANCELLED, key + ": the invocation was cancelled").at(key);
  }

  /// Returns what an awakeable ends with that was rejected.
  ///
  /// @param code what programs tell it by, as [TerminalException] wants it
  /// @param message a sentence for people
  /// @param details further members for programs
  /// @throws IllegalArgumentException if the code is malformed
  public static Problem rejected(String code, String message, Map<String, ?> details) {
    return new TerminalException(code, message, details).problem();
  }

  /// Returns what an awakeable ends with that nobody answered in time.
  public static Problem deadlinePassed(StepRow awakeable) {
    String id = awakeable.invocation() + "~" + awakeable.life() + "~" + awakeable.position();
    String message = "awakeable " + id + ": expected an answer before its deadline, got none";
    return new TerminalException(TerminalException.DEADLINE, message).problem();
  }

  /// Returns why an attempt is to be repeated.
  ///
  /// @param where what failed, such as `step 'charge'`
  static Problem retry(Key key, String where, Throwable e) {
    // What the store takes never, is the handler's fault.
    boolean outage = e instanceof StoreException store && store.kind() != Kind.REJECTED;
    ErrorCode code = outage ? ErrorCode.UNAVAILABLE : ErrorCode.HANDLER_FAILED;
    return Problem.of(code, key + ": " + where + " failed: " + shown(e)).at(key);
  }

  /// Returns what a step ends with that failed as often as it may.
  static TerminalException exhausted(String step, int attempts, Throwable e) {
    String times = attempts == 1 ? "once" : attempts + " times";
    String message = step + ": failed " + times + ", which is all it may, at last: " + shown(e);
    return new TerminalException(
        TerminalException.RETRIES_EXHAUSTED, message, Map.of("attempts", attempts), e);
  }

  /// Returns how to call an exception in messages.
  private static String shown(Throwable e) {
    String message = e.getMessage();
    String name = e.getClass().getSimpleName();
    boolean plain = message == null || message.isBlank();
    if (e instanceof DetentException detent) {
      return detent.code() + ": " + message;
    }
    return plain ? name : name + ": " + message;
  }
}
