// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.Names;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.store.Token;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Checks requests and makes them submissions.
final class Asking {
  private static final int BYTES = 500;

  private Asking() {}

  /// Returns what is wrong with a request, whoever decides it, or null.
  ///
  /// @param partitions how many partitions the store has
  static @Nullable Problem problem(Request request, int partitions) {
    return switch (request) {
      case Request.OfInstance of -> problem(of);
      case Request.OfInvocation of -> {
        int partition = Ids.partition(of.invocation());
        boolean known = partition >= 0 && partition < partitions;
        yield known ? problem(of) : missing(of);
      }
    };
  }

  private static Problem missing(Request.OfInvocation request) {
    return request instanceof Request.Complete complete
        ? Refusals.noAwakeable(complete.awakeable())
        : Refusals.noInvocation(request.invocation());
  }

  private static @Nullable Problem problem(Request.OfInvocation request) {
    boolean good = !(request instanceof Request.Signal signal) || Names.isStateName(signal.name());
    return good
        ? null
        : Problem.of(
            ErrorCode.BAD_REQUEST,
            "signal name: expected 1 to 64 bytes of UTF-8 without control characters; rename it");
  }

  private static @Nullable Problem problem(Request.OfInstance request) {
    String token = token(request);
    if (token != null && !good(token)) {
      return Problem.of(
              ErrorCode.BAD_REQUEST,
              "idempotency key: expected 1 to 255 bytes of UTF-8; choose a shorter one")
          .at(request.key());
    }
    if (request instanceof Request.Send send && !good(send.delay())) {
      return Problem.of(
              ErrorCode.BAD_REQUEST,
              "delay: expected 0 to 3650 days, got " + send.delay() + "; choose another")
          .at(request.key());
    }
    return null;
  }

  /// Tells whether a request may be submitted again although it may have been acted on: a second
  /// time it has no further effect.
  static boolean repeatable(Request request) {
    return switch (request) {
      case Request.OfInstance of ->
          token(of) != null || !(of instanceof Request.Call || of instanceof Request.Send);
      case Request.Control control -> control.action() != Request.Action.RESTART;
      case Request.Complete _, Request.Await _ -> true;
      case Request.Signal _ -> false;
    };
  }

  private static boolean good(Duration delay) {
    return !delay.isNegative() && delay.compareTo(Engine.DELAY_MAX) <= 0;
  }

  private static boolean good(String token) {
    int bytes = Names.utf8Length(token);
    return bytes >= 1 && bytes <= Engine.IDEMPOTENCY_KEY_BYTES_MAX && token.indexOf(0) < 0;
  }

  /// Makes a submission of a request.
  static Submission.Asked of(
      Request request, Submission.Asker.Origin origin, Consumer<Reply> reply) {
    return switch (request) {
      case Request.OfInstance of -> {
        String token = token(of);
        Json input = input(of);
        yield new Submission.AskedInstance(
            of,
            token == null ? null : new Token(of.key(), token),
            token == null ? "" : command(of) + " " + input.fingerprint(),
            asker(of.key().machine(), BYTES + 2 * input.text().length(), origin, reply));
      }
      case Request.OfInvocation of ->
          new Submission.AskedInvocation(
              of,
              Ids.partition(of.invocation()),
              asker("", BYTES + 2 * carried(of).text().length(), origin, reply));
    };
  }

  private static Submission.Asker asker(
      String machine, int bytes, Submission.Asker.Origin origin, Consumer<Reply> reply) {
    return new Submission.Asker(machine, bytes, System.nanoTime(), origin, reply);
  }

  private static Json carried(Request.OfInvocation request) {
    return switch (request) {
      case Request.Complete complete -> complete.value();
      case Request.Signal signal -> signal.value();
      case Request.Control _, Request.Await _ -> Json.NULL;
    };
  }

  private static Json input(Request.OfInstance request) {
    return switch (request) {
      case Request.Call call -> call.input();
      case Request.Send send -> send.input();
      case Request.Deliver deliver -> deliver.input();
      case Request.Read _, Request.Ask _ -> Json.NULL;
    };
  }

  private static String command(Request.OfInstance request) {
    return switch (request) {
      case Request.Call call -> call.command();
      case Request.Send send -> send.command();
      case Request.Deliver deliver -> deliver.command();
      case Request.Ask ask -> ask.query();
      case Request.Read _ -> "";
    };
  }

  private static @Nullable String token(Request.OfInstance request) {
    return switch (request) {
      case Request.Call call -> call.idempotencyKey();
      case Request.Send send -> send.idempotencyKey();
      case Request.Deliver _, Request.Read _, Request.Ask _ -> null;
    };
  }
}
