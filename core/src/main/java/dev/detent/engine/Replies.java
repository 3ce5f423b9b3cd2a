// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.codec.ProblemText;
import dev.detent.machine.Machine;
import dev.detent.store.InvocationRow;
import dev.detent.store.InvocationRow.End;
import dev.detent.store.InvocationRow.Status;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Turns decisions into answers and into ends of invocations, and these into answers again.
final class Replies {
  private static final long DELIVERED_MS_MIN = Duration.ofMinutes(10).toMillis();

  private Replies() {}

  /// Answers with what was decided.
  ///
  /// @param id names the run
  static Reply of(Decision decision, String id) {
    return switch (decision) {
      case Decision.Move move ->
          new Reply.Done(id, move.output(), move.next().shownState(), move.next().version(), false);
      case Decision.Stay stay ->
          new Reply.Done(id, stay.output(), stay.seen().state(), stay.seen().version(), false);
      case Decision.Refuse refuse ->
          kept(refuse.problem())
              ? new Reply.Refused(refuse.problem(), id, false)
              : new Reply.Refused(refuse.problem());
      case Decision.Show show -> new Reply.Found(show.seen(), null);
      case Decision.Begin _, Decision.Forget _ ->
          throw new IllegalStateException("not answered at once: " + decision);
    };
  }

  /// Answers a query with what was decided.
  static Reply shown(Decision decision) {
    return decision instanceof Decision.Stay stay
        ? new Reply.Answer(stay.output(), stay.seen())
        : of(decision, "");
  }

  /// Answers with how an invocation ended.
  static Reply of(InvocationRow row, boolean replayed) {
    End end = row.end();
    if (end == null) {
      return new Reply.Accepted(row.id(), replayed);
    }
    String problem = end.problem();
    if (problem != null) {
      return new Reply.Refused(ProblemText.read(problem), row.id(), replayed);
    }
    String output = end.output();
    String state = end.state();
    return new Reply.Done(
        row.id(),
        output == null ? Json.NULL : Json.trusted(output),
        state == null ? "" : state,
        end.version(),
        replayed);
  }

  /// Returns for how long an answer is kept, in milliseconds. One to a handler is kept for a while
  /// in any case: a node that stood still meanwhile may ask for it again.
  ///
  /// @param usually for how long, unless the machine says otherwise
  static long keepMs(InvocationRow row, @Nullable Machine machine, long usually) {
    Duration own = machine == null ? null : machine.retention();
    long keepMs = own == null ? usually : own.toMillis();
    return row.parent() == null ? keepMs : Math.max(keepMs, DELIVERED_MS_MIN);
  }

  /// Returns the same answer, to a repeated request.
  static Reply replayed(Reply reply) {
    return switch (reply) {
      case Reply.Done done ->
          new Reply.Done(done.id(), done.output(), done.state(), done.version(), true);
      case Reply.Refused refused when refused.id() != null ->
          new Reply.Refused(refused.problem(), refused.id(), true);
      default -> reply;
    };
  }

  /// Tells whether a repeat with the same idempotency key gets the same answer.
  static boolean kept(Decision decision) {
    return !(decision instanceof Decision.Refuse refuse) || kept(refuse.problem());
  }

  private static boolean kept(Problem problem) {
    return problem.code() == ErrorCode.HANDLER_FAILED || problem.code() == ErrorCode.CANCELLED;
  }

  /// Ends an invocation with what was decided.
  ///
  /// @param after the instance after it, or null if there is none
  /// @param expiresAt from when on it may be forgotten, in milliseconds since 1970 UTC
  static InvocationRow ended(
      InvocationRow row, Decision decision, @Nullable Instance after, long at, long expiresAt) {
    Problem problem = decision instanceof Decision.Refuse refuse ? refuse.problem() : null;
    var end =
        new End(
            at,
            expiresAt,
            output(decision),
            problem == null ? null : ProblemText.write(problem),
            after == null ? seen(decision) : after.shownState(),
            after == null ? 0 : after.version());
    boolean repeatable = kept(decision) || row.kind().equals("send");
    return row.ended(status(problem), end, repeatable);
  }

  private static Status status(@Nullable Problem problem) {
    if (problem == null) {
      return Status.COMPLETED;
    }
    return problem.code() == ErrorCode.CANCELLED ? Status.CANCELLED : Status.FAILED;
  }

  private static @Nullable String seen(Decision decision) {
    return decision instanceof Decision.Stay stay ? stay.seen().state() : null;
  }

  private static @Nullable String output(Decision decision) {
    return switch (decision) {
      case Decision.Move move -> move.output().text();
      case Decision.Stay stay -> stay.output().text();
      default -> null;
    };
  }
}
