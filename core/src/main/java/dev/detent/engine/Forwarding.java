// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.engine.Submission.AskedInvocation.Since;
import dev.detent.peer.PeerClient;
import dev.detent.peer.PeerFailure;
import java.time.Duration;
import java.util.function.Consumer;

/// Sends requests to the nodes that own their partitions, and understands what comes of them.
///
/// **Guarantees**: a request takes one hop at most. One that was certainly not acted on comes back
/// to its [Passage], as does one that can be repeated without harm; of any other whose node fell
/// silent the answer is OUTCOME_UNKNOWN.
///
/// **Threads**: safe for any number of threads; nothing blocks.
final class Forwarding {
  /// Says that a node does not own the partition of a request that another node sent to it.
  private static final String MOVED = "moved";

  private static final String AWAITS = "awaits";
  private static final String REPLAYED = "replayed";

  private static final System.Logger LOG = System.getLogger(Router.class.getName());
  private static final Duration FOREVER = Duration.ofDays(3_000);
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final PeerClient peers;
  private final Consumer<String> silent;
  private final Telling telling;

  /// Answers whoever asked.
  @FunctionalInterface
  interface Telling {
    void answered(Submission.Asked asked, Reply reply);
  }

  /// Makes one.
  ///
  /// @param silent hears of addresses that do not answer
  Forwarding(PeerClient peers, Consumer<String> silent, Telling telling) {
    this.peers = peers;
    this.silent = silent;
    this.telling = telling;
  }

  /// Sends a request to the owner of its partition.
  void forward(Submission.Asked asked, String owner, Passage passage) {
    peers.ask(
        owner,
        Wire.write(asked.request()),
        deadline(asked.request()),
        reply -> returned(asked, read(asked, reply), passage),
        failure -> failed(asked, owner, failure, passage));
  }

  /// Returns how long the other node may take: a handler may run for days.
  private static Duration deadline(Request request) {
    return request instanceof Request.Await await && await.patience().compareTo(FOREVER) < 0
        ? await.patience().plus(GRACE)
        : FOREVER;
  }

  private static Reply read(Submission.Asked asked, Json reply) {
    try {
      return Wire.readReply(reply);
    } catch (DetentException e) {
      LOG.log(System.Logger.Level.ERROR, "the answer of another node can't be read", e);
      return new Reply.Refused(Refusals.unknown((Submission) asked));
    }
  }

  /// Asks a node for all that it has not acted on.
  void clear(Passage passage, String owner, long round) {
    peers.ask(
        owner,
        Wire.clear(passage.partition()),
        FOREVER,
        reply -> passage.cleared(round, cleared(reply)),
        failure -> passage.cleared(round, Passage.Cleared.FAILED));
  }

  private static Passage.Cleared cleared(Json reply) {
    try {
      return Wire.readCleared(reply) ? Passage.Cleared.KEPT : Passage.Cleared.GONE;
    } catch (DetentException e) {
      LOG.log(System.Logger.Level.ERROR, "the answer of another node can't be read", e);
      return Passage.Cleared.GONE;
    }
  }

  /// Tells another node that a request has to go elsewhere; if it was accepted here before, that
  /// only its end is still wanted.
  static Reply moved(Submission.Asked asked) {
    Problem problem = Refusals.ownerless().with(MOVED, true);
    return new Reply.Refused(
        asked instanceof Submission.AskedInvocation of && of.accepted()
            ? problem.with(AWAITS, of.request().invocation()).with(REPLAYED, of.replayed())
            : problem);
  }

  /// Tells whether an answer says that a request has to go elsewhere.
  static boolean isMoved(Reply reply) {
    return reply instanceof Reply.Refused refused && refused.problem().members().containsKey(MOVED);
  }

  private void returned(Submission.Asked asked, Reply reply, Passage passage) {
    boolean accepted = accepted(asked);
    Problem problem = reply instanceof Reply.Refused refused ? refused.problem() : null;
    if (problem != null && isMoved(reply)) {
      passage.returned(following(asked, problem), null);
    } else if (problem != null && accepted && problem.code() == ErrorCode.UNAVAILABLE) {
      passage.returned(asked, problem); // that nothing happened is true of the question only
    } else if (problem != null && accepted && problem.code() == ErrorCode.NOT_FOUND) {
      passage.ended();
      telling.answered(asked, refusal(asked, problem)); // it was there once
    } else {
      passage.ended();
      boolean replayed = asked instanceof Submission.AskedInvocation of && of.replayed();
      telling.answered(asked, replayed ? Replies.replayed(reply) : reply);
    }
  }

  private static boolean accepted(Submission.Asked asked) {
    return asked instanceof Submission.AskedInvocation of && of.accepted();
  }

  /// Returns what to ask after a move: what was accepted is not asked for again.
  private static Submission.Asked following(Submission.Asked asked, Problem moved) {
    String id = moved.members().get(AWAITS) instanceof String text ? text : null;
    if (id == null || asked.request() instanceof Request.Await) {
      return asked;
    }
    boolean replayed = Boolean.TRUE.equals(moved.members().get(REPLAYED));
    return new Submission.AskedInvocation(
        new Request.Await(id, FOREVER),
        Ids.partition(id),
        asked.asker(),
        replayed ? Since.REPEATED : Since.ACCEPTED);
  }

  private void failed(Submission.Asked asked, String owner, PeerFailure failure, Passage passage) {
    switch (failure.kind()) {
      case REFUSED -> {
        passage.ended();
        passage.tell(() -> telling.answered(asked, new Reply.Refused(unreachable(failure))));
      }
      case BUSY -> {
        // Not tried again: what was asked after it may have been taken.
        if (accepted(asked)) {
          passage.returnedByAFullNode(asked, Refusals.overloaded());
        } else {
          passage.ended();
          passage.tell(() -> telling.answered(asked, new Reply.Refused(Refusals.overloaded())));
        }
      }
      case FAILED -> {
        passage.ended();
        boolean unchanged = reads(asked.request()) || accepted(asked);
        Problem problem = unchanged ? unreachable(failure) : Refusals.unknown((Submission) asked);
        passage.tell(() -> telling.answered(asked, refusal(asked, problem)));
      }
      case NOT_SENT -> {
        silent.accept(owner);
        passage.returned(asked, unreachable(failure));
      }
      case CUT -> {
        silent.accept(owner);
        cut(asked, failure, passage);
      }
    }
  }

  private void cut(Submission.Asked asked, PeerFailure failure, Passage passage) {
    if (Asking.repeatable(asked.request())) {
      passage.returned(perhaps(asked), unreachable(failure));
    } else {
      passage.ended();
      Reply unknown = new Reply.Refused(Refusals.unknown((Submission) asked));
      passage.tell(() -> telling.answered(asked, unknown));
    }
  }

  /// Returns the same request, of which nobody may be told from now on that nothing happened.
  private static Submission.Asked perhaps(Submission.Asked asked) {
    return reads(asked.request())
        ? asked
        : asked.with(asked.asker().after(reply -> doubted(asked, reply)));
  }

  private static boolean reads(Request request) {
    return request instanceof Request.Read
        || request instanceof Request.Ask
        || request instanceof Request.Await;
  }

  private static Reply doubted(Submission.Asked asked, Reply reply) {
    boolean nothing =
        reply instanceof Reply.Refused refused && refused.problem().code() == ErrorCode.UNAVAILABLE;
    return nothing ? new Reply.Refused(Refusals.unknown((Submission) asked)) : reply;
  }

  private static Problem unreachable(PeerFailure failure) {
    return Problem.of(
        ErrorCode.UNAVAILABLE,
        "the node that owns this partition does not answer, nothing happened ("
            + failure.message()
            + "); retry shortly");
  }

  /// Refuses a request; of one that waits for the end of what is accepted only that is not known.
  static Reply refusal(Submission.Asked asked, Problem problem) {
    if (asked.request() instanceof Request.Await await) {
      String id = await.invocation();
      return new Reply.Refused(Refusals.unfinished(id), id, false);
    }
    return new Reply.Refused(problem);
  }
}
