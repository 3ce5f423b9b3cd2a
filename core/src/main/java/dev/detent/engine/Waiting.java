// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Problem;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Consumer;

/// Submits requests and blocks until they are answered.
final class Waiting {
  private Waiting() {}

  /// Returns the answer.
  ///
  /// @throws DetentException if the request was refused or failed, or if the thread is interrupted,
  ///   which stays interrupted: OUTCOME_UNKNOWN if something may have happened, else UNAVAILABLE
  static Reply answer(Engine engine, Request request) {
    if (LaneRunner.isInside()) {
      throw Problem.of(
              ErrorCode.HANDLER_FAILED,
              name(request)
                  + ": expected a call from outside of machines, got one from code that a machine"
                  + " or an observer runs, which would wait for itself; make it elsewhere")
          .exception();
    }
    if (JoinedTransaction.isOpen()) {
      throw Problem.of(
              ErrorCode.BAD_REQUEST,
              name(request)
                  + ": expected a call outside of transactions, got one within, which might wait"
                  + " for its own locks; use the transaction, or call before or after it")
          .exception();
    }
    if (Thread.currentThread().isInterrupted()) {
      throw interrupted(ErrorCode.UNAVAILABLE, request, "before it was asked, nothing happened")
          .exception();
    }
    var answer = new ArrayBlockingQueue<Reply>(1);
    Consumer<Reply> taker = answer::add;
    engine.submit(request, taker);
    try {
      Reply reply = answer.take();
      if (reply instanceof Reply.Refused refused) {
        throw refused(refused).exception();
      }
      return reply;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      engine.forget(taker);
      throw DetentException.of(interrupted(request), e);
    }
  }

  private static Problem refused(Reply.Refused refused) {
    String id = refused.id();
    return id == null ? refused.problem() : refused.problem().with("id", id);
  }

  private static Problem interrupted(Request request) {
    return switch (request) {
      case Request.Call _,
          Request.Send _,
          Request.Deliver _,
          Request.Control _,
          Request.Complete _,
          Request.Signal _ ->
          interrupted(
              ErrorCode.OUTCOME_UNKNOWN,
              request,
              "while it was under way; ask again with the same idempotency key");
      case Request.Read _, Request.Ask _, Request.Await _ ->
          interrupted(ErrorCode.UNAVAILABLE, request, "while it was read; ask again");
    };
  }

  private static Problem interrupted(ErrorCode code, Request request, String when) {
    Problem problem =
        Problem.of(code, name(request) + ": the caller's thread was interrupted " + when);
    return request instanceof Request.OfInstance of ? problem.at(of.key()) : problem;
  }

  private static String name(Request request) {
    return switch (request) {
      case Request.OfInstance of -> of.key().toString();
      case Request.OfInvocation of -> of.invocation();
    };
  }
}
