// SPDX-License-Identifier: Apache-2.0
package dev.detent;

/// Lists every way in which Detent says no: the one table behind exceptions, `problem+json`, Redis
/// errors and the documentation.
public enum ErrorCode {
  /// The request is malformed: it can't be read as what it claims to be.
  BAD_REQUEST(400, "ERR", false),
  /// The input of a command does not fit its type; the problem's `path` says where.
  INVALID_INPUT(400, "ERR", false),
  /// A definition breaks rules; the problem's `problems` lists all of them.
  INVALID_DEFINITION(400, "ERR", false),
  /// The door wants a token and got none, or a wrong one.
  UNAUTHORIZED(401, "NOAUTH", false),
  /// No such thing; the problem's `what` is `machine`, `command`, `instance`, `invocation`,
  /// `consumer` or `dead-letter`.
  NOT_FOUND(404, "NOTFOUND", false),
  /// The path exists but not for this HTTP method.
  METHOD_NOT_ALLOWED(405, "ERR", false),
  /// The request's path is longer than the door takes.
  URI_TOO_LONG(414, "ERR", false),
  /// The request's headers are larger than the door takes.
  HEADERS_TOO_LARGE(431, "ERR", false),
  /// The current state has no transition for this command; see `state` and `allowed`.
  TRANSITION_NOT_ALLOWED(409, "NOTALLOWED", false),
  /// A definition can't replace the one that is there; see `stranded`.
  DEFINITION_CONFLICT(409, "CONFLICT", false),
  /// The instance to be created exists.
  ALREADY_EXISTS(409, "EXISTS", false),
  /// The instance is at another version than the caller demanded.
  VERSION_MISMATCH(412, "VERSION", false),
  /// The body is larger than the door takes.
  PAYLOAD_TOO_LARGE(413, "ERR", false),
  /// The body is of a type that the door does not read.
  UNSUPPORTED_MEDIA_TYPE(415, "ERR", false),
  /// The idempotency key was used before with another command or input.
  IDEMPOTENCY_MISMATCH(422, "IDEMPOTENCY", false),
  /// The user's code failed for good; the state is untouched.
  HANDLER_FAILED(422, "FAILED", false),
  /// The invocation was cancelled.
  CANCELLED(409, "CANCELLED", false),
  /// Too much is waiting already; nothing happened. Retry later.
  OVERLOADED(503, "BUSY", true),
  /// The store or the owner can't be reached; nothing happened. Retry later.
  UNAVAILABLE(503, "UNAVAILABLE", true),
  /// Accepted, but how it ended is not known here. Ask again with the same idempotency key.
  OUTCOME_UNKNOWN(503, "UNKNOWN", true),
  /// A defect of Detent or of its surroundings; details are in the log.
  INTERNAL(500, "ERR", false);

  private final int httpStatus;
  private final String redisPrefix;
  private final boolean retryable;

  ErrorCode(int httpStatus, String redisPrefix, boolean retryable) {
    this.httpStatus = httpStatus;
    this.redisPrefix = redisPrefix;
    this.retryable = retryable;
  }

  /// Returns the HTTP status that carries this error.
  public int httpStatus() {
    return httpStatus;
  }

  /// Returns the first word of the Redis error that carries this error, without the dash.
  public String redisPrefix() {
    return redisPrefix;
  }

  /// Tells whether the same request may succeed later without being changed.
  public boolean retryable() {
    return retryable;
  }
}
