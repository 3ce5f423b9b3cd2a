// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import dev.detent.annotation.Final;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Table;
import dev.detent.annotation.Transition;
import dev.detent.annotation.Validate;
import dev.detent.examples.OrderMachine.Order.Cancelled;
import dev.detent.examples.OrderMachine.Order.Placed;
import dev.detent.examples.OrderMachine.Order.Shipped;
import java.math.BigDecimal;

/// Shows a machine that a server serves, and whose instances are rows of a table: what SQL changes
/// in `example_orders`, the next request sees.
@StateMachine("order")
@Table(name = "example_orders", ids = Table.Ids.LONG, state = "status", version = "lock_version")
public final class OrderMachine {
  /// Is one of the three states; their components are columns.
  public sealed interface Order {
    /// Waits to be sent.
    ///
    /// @param customer who ordered
    /// @param amount what it costs
    record Placed(String customer, BigDecimal amount) implements Order {}

    /// Is on its way.
    ///
    /// @param carrier who carries it
    @Final
    record Shipped(String carrier) implements Order {}

    /// Is not wanted any more.
    ///
    /// @param reason why
    @Final
    record Cancelled(String reason) implements Order {}
  }

  /// Says what is ordered.
  ///
  /// @param customer who orders
  /// @param amount what it costs
  public record Purchase(String customer, BigDecimal amount) {}

  /// Makes the machine's code.
  public OrderMachine() {}

  @Transition
  Placed place(Purchase purchase) {
    return new Placed(purchase.customer(), purchase.amount());
  }

  @Transition
  Placed discount(Placed from, BigDecimal by) {
    return new Placed(from.customer(), from.amount().subtract(by));
  }

  @Transition
  Shipped ship(Placed from, String carrier) {
    return new Shipped(carrier);
  }

  @Transition
  Cancelled cancel(Placed from, String reason) {
    return new Cancelled(reason);
  }

  @Validate
  void positive(Placed to) {
    if (to.amount().signum() <= 0) {
      throw new IllegalArgumentException("the amount is not above zero");
    }
  }
}
