// SPDX-License-Identifier: Apache-2.0
package dev.detent.handler;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Says that something failed for good: it is not tried again.
///
/// Thrown by an effect, it is recorded as the step's failure and comes out of the step, now and on
/// each replay; the handler may catch it and compensate. Thrown by a handler, it ends the
/// invocation and leaves the state untouched; the caller gets HANDLER_FAILED with a member
/// `failure` that has `code` and `details`.
///
/// A failure that was recorded is read back as this class, never as one of the user's: so there are
/// no others, and what handlers tell failures apart by is the code.
///
/// **Limits**: the code matches `[A-Za-z0-9_.-]{1,64}`; details are strings, numbers, booleans,
/// lists and maps of these by text; what is null in them is left out.
///
/// **Threads**: immutable, but for what all exceptions have.
public sealed class TerminalException extends RuntimeException
    permits CancelledException, DeadlineException {
  /// The code of a [CancelledException].
  public static final String CANCELLED = "CANCELLED";

  /// The code of a [DeadlineException].
  public static final String DEADLINE = "DEADLINE";

  /// The code of a step that failed as often as its [RetryPolicy] allows.
  public static final String RETRIES_EXHAUSTED = "RETRIES_EXHAUSTED";

  /// The code of an awakeable that was rejected without a code of its own.
  public static final String REJECTED = "REJECTED";

  private static final long serialVersionUID = 1L;
  private static final Pattern CODE = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
  private static final String FAILURE = "failure";

  private final String code;
  private final transient Map<String, Object> details;

  /// Makes one without details.
  ///
  /// @param code what programs tell it by
  /// @param message a sentence for people
  /// @throws IllegalArgumentException if the code is malformed
  public TerminalException(String code, String message) {
    this(code, message, Map.of());
  }

  /// Makes one.
  ///
  /// @param code what programs tell it by
  /// @param message a sentence for people
  /// @param details further members for programs
  /// @throws IllegalArgumentException if the code is malformed or the details are not as above
  public TerminalException(String code, String message, Map<?, ?> details) {
    this(code, message, details, null);
  }

  /// Makes one with a cause, which is not recorded.
  ///
  /// @param code what programs tell it by
  /// @param message a sentence for people
  /// @param details further members for programs
  /// @param cause what led to it, or null
  /// @throws IllegalArgumentException if the code is malformed or the details are not as above
  public TerminalException(
      String code, String message, Map<?, ?> details, @Nullable Throwable cause) {
    super(message, cause);
    if (!CODE.matcher(code).matches()) {
      String got = code.length() <= 80 ? code : code.substring(0, 77) + "...";
      throw new IllegalArgumentException(
          "failure code: expected [A-Za-z0-9_.-]{1,64}, got '" + got + "'; rename it");
    }
    this.code = code;
    this.details = Details.copy(details);
  }

  /// Returns the exception that a recorded problem stands for: the one whose [#problem] it is, or
  /// one with the problem's own code and members.
  public static TerminalException of(Problem problem) {
    return of(problem, null);
  }

  /// Returns the exception that a recorded problem stands for, with a cause.
  public static TerminalException of(Problem problem, @Nullable Throwable cause) {
    boolean wrapped = problem.code() == ErrorCode.HANDLER_FAILED;
    if (!wrapped || !(problem.members().get(FAILURE) instanceof Map<?, ?> failure)) {
      return of(problem.code().name(), problem.detail(), problem.members(), cause);
    }
    String code = String.valueOf(failure.get("code"));
    boolean known = CODE.matcher(code).matches();
    Map<?, ?> details = failure.get("details") instanceof Map<?, ?> map ? map : Map.of();
    return of(known ? code : problem.code().name(), problem.detail(), details, cause);
  }

  private static TerminalException of(
      String code, String message, Map<?, ?> details, @Nullable Throwable cause) {
    return switch (code) {
      case CANCELLED -> new CancelledException(message, details, cause);
      case DEADLINE -> new DeadlineException(message, details, cause);
      default -> new TerminalException(code, message, details, cause);
    };
  }

  /// Returns what programs tell it by.
  public String code() {
    return code;
  }

  /// Returns further members for programs.
  public Map<String, Object> details() {
    return details;
  }

  /// Returns the problem that a caller sees: CANCELLED for a [CancelledException], else
  /// HANDLER_FAILED with a member `failure` that has `code` and, unless there are none, `details`.
  public Problem problem() {
    String message = getMessage();
    String detail = message == null || message.isBlank() ? code : message;
    if (this instanceof CancelledException) {
      return new Problem(ErrorCode.CANCELLED, detail, details);
    }
    var failure = new LinkedHashMap<String, Object>(Map.of("code", code));
    if (!details.isEmpty()) {
      failure.put("details", details);
    }
    return Problem.of(ErrorCode.HANDLER_FAILED, detail).with(FAILURE, failure);
  }
}
