// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.store.InvocationRow;
import dev.detent.store.StoreException;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/// Words the answers for what could not be brought to its end.
final class Refusals {
  private Refusals() {}

  /// Says that no machine of that name runs here.
  static Problem noMachine(String name) {
    return Problem.of(ErrorCode.NOT_FOUND, "there is no machine " + name + "; see /api/machines")
        .with("what", "machine")
        .with("machine", name);
  }

  /// Says that the store could not be read.
  static Problem unreadable(StoreException failure) {
    return Problem.of(
        ErrorCode.UNAVAILABLE,
        "the store can't be read: " + Trouble.text(failure) + "; retry later");
  }

  /// Says that the process ends before the end of a request is known.
  static Problem stopping() {
    return Problem.of(
        ErrorCode.OUTCOME_UNKNOWN,
        "the server is stopping before the end of this is known;"
            + " ask again with the same idempotency key");
  }

  /// Says that the lane that would decide a request has ended.
  static Problem ended() {
    return Problem.of(
        ErrorCode.UNAVAILABLE, "the server is stopping, nothing happened; retry later");
  }

  /// Says that nobody knows whether a request is committed.
  static Problem unknown(Submission submission) {
    Key key = submission instanceof Submission.OfInstance of ? of.key() : null;
    Problem problem =
        Problem.of(
            ErrorCode.OUTCOME_UNKNOWN,
            (key == null ? "the request" : key.toString())
                + ": accepted, but the store did not say whether it is committed;"
                + " ask again with the same idempotency key");
    return key == null ? problem : problem.at(key);
  }

  /// Says that the end of an invocation is not known here.
  static Problem unfinished(String invocation) {
    return Problem.of(
            ErrorCode.OUTCOME_UNKNOWN,
            "invocation "
                + invocation
                + ": accepted, but its end is not known here yet; ask for its result by its id")
        .with("id", invocation);
  }

  /// Says that an invocation ended because somebody wanted it to.
  static Problem cancelled(InvocationRow row, String how) {
    return Problem.of(
            ErrorCode.CANCELLED,
            row.key() + ": invocation " + row.id() + " was " + how + "; the state is unchanged")
        .at(row.key())
        .with("id", row.id());
  }

  /// Says that there is no such invocation.
  static Problem noInvocation(String id) {
    return Problem.of(
            ErrorCode.NOT_FOUND,
            "invocation " + id + ": expected one that is kept, got none; see /api/invocations")
        .with("what", "invocation")
        .with("id", id);
  }

  /// Says that there is no such awakeable.
  static Problem noAwakeable(String id) {
    return Problem.of(
            ErrorCode.NOT_FOUND,
            "awakeable " + id + ": expected one that a handler made, got none; check the id")
        .with("what", "awakeable")
        .with("id", id);
  }

  /// Says that a call would wait for ever.
  ///
  /// @param circle the instances in the order in which they wait, the first one last too
  static Problem cycle(Key target, List<Key> circle) {
    String text = circle.stream().map(Key::toString).collect(Collectors.joining(" → "));
    return Problem.of(
            ErrorCode.HANDLER_FAILED,
            "call of "
                + target
                + ": expected an instance that does not wait for this one, got a cycle of calls: "
                + text
                + "; it would wait for ever, use send for one of them")
        .with("cycle", text);
  }

  /// Says that too much waits already.
  static Problem crowded(String what, String which, int most) {
    return Problem.of(
        ErrorCode.OVERLOADED,
        what + ": expected at most " + most + " " + which + ", got more; retry later");
  }

  /// Says that too many requests are under way.
  static Problem overloaded() {
    return Problem.of(
        ErrorCode.OVERLOADED, "too many requests are under way, nothing happened; retry later");
  }

  /// Says that a partition is not owned here, nor is its owner known.
  static Problem ownerless() {
    return Problem.of(
        ErrorCode.UNAVAILABLE,
        "no node owns this partition at the moment, nothing happened; retry shortly");
  }

  /// Returns what it means that the database refuses a content: that a row of a table of the user's
  /// does not fit it, breaks one of its constraints, or something else.
  static ErrorCode rejected(StoreException failure) {
    String state = failure.getCause() instanceof SQLException cause ? cause.getSQLState() : null;
    if (state == null || state.equals("22021")) {
      return ErrorCode.BAD_REQUEST; // U+0000
    }
    return state.startsWith("22")
        ? ErrorCode.INVALID_INPUT
        : state.startsWith("23") ? ErrorCode.HANDLER_FAILED : ErrorCode.BAD_REQUEST;
  }

  /// Says that the database will never take what a command writes.
  static Problem rejected(Submission submission, StoreException failure) {
    Key key = submission instanceof Submission.OfInstance of ? of.key() : null;
    Problem problem =
        Problem.of(
            rejected(failure) == ErrorCode.BAD_REQUEST ? ErrorCode.INTERNAL : rejected(failure),
            (key == null ? "" : key + ": ")
                + "the database refuses what is to be written: "
                + Trouble.text(failure));
    return key == null ? problem : problem.at(key);
  }
}
