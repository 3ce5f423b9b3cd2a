// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.detent.codec.Json;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Holds one request of a test and what came of it.
final class Question {
  private static final Duration LONG = Duration.ofSeconds(120);

  final AtomicInteger outcomes = new AtomicInteger();
  private final CompletableFuture<Object> outcome = new CompletableFuture<>();

  static Question ask(PeerClient client, String address, Json request) {
    return ask(client, address, request, LONG);
  }

  static Question ask(PeerClient client, String address, Json request, Duration deadline) {
    var question = new Question();
    client.ask(address, request, deadline, question::take, question::take);
    return question;
  }

  /// Asks, and has something run after each outcome.
  static Question ask(PeerClient client, String address, Json request, Runnable then) {
    var question = new Question();
    Consumer<Object> taking =
        outcome -> {
          question.take(outcome);
          then.run();
        };
    client.ask(address, request, LONG, taking::accept, taking::accept);
    return question;
  }

  private void take(Object what) {
    outcomes.incrementAndGet();
    outcome.complete(what);
  }

  /// Waits for the outcome: a [Json] or a [PeerFailure].
  Object outcome() {
    try {
      return outcome.get(100, SECONDS);
    } catch (Exception e) {
      throw new AssertionError("no outcome", e);
    }
  }

  Json reply() {
    if (outcome() instanceof Json reply) {
      return reply;
    }
    throw new AssertionError("expected a reply, got " + outcome());
  }

  PeerFailure failure() {
    if (outcome() instanceof PeerFailure failure) {
      return failure;
    }
    throw new AssertionError("expected a failure, got " + outcome());
  }

  PeerFailure.Kind kind() {
    return failure().kind();
  }

  boolean isDone() {
    return outcome.isDone();
  }
}
