// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.annotation.Query;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;

/// Is a machine in Java: instances are created, inputs are typed, it answers queries, its code
/// fails.
@StateMachine("account")
public final class Accounts {
  /// The states.
  public sealed interface Account {}

  /// Takes money.
  public record Open(String owner, long cents) implements Account {}

  /// Takes none.
  public record Closed(String owner) implements Account {}

  /// What it takes to open one.
  public record Opening(String owner) {}

  /// What is paid in.
  public record Payment(long cents) {}

  /// Creates it.
  @Transition
  public Open open(Opening opening) {
    return new Open(opening.owner(), 0);
  }

  /// Moves by a typed input.
  @Transition
  public Open pay(Open from, Payment payment) {
    return new Open(from.owner(), from.cents() + payment.cents());
  }

  /// Ends it.
  @Transition
  public Closed close(Open from) {
    if (from.cents() > 0) {
      throw new IllegalStateException("there is money left");
    }
    return new Closed(from.owner());
  }

  /// Reads it.
  @Query
  public String balance(Open now) {
    return now.cents() + " cents";
  }
}
