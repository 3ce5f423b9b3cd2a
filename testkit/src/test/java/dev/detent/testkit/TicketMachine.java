// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import dev.detent.annotation.After;
import dev.detent.annotation.Column;
import dev.detent.annotation.Final;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Table;
import dev.detent.annotation.Transition;
import dev.detent.annotation.Validate;
import dev.detent.handler.Context;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Is a machine whose instances are rows of a table.
@StateMachine("ticket")
@Table(name = "tickets", ids = Table.Ids.LONG, state = "status", version = "lock_version")
final class TicketMachine {
  enum Kind {
    CHILD,
    ADULT
  }

  record Seat(int row, String place) {}

  sealed interface Ticket {
    record Ordered(Kind kind, LocalDate day, List<Seat> seats) implements Ticket {}

    record Paid(BigDecimal price, Optional<String> coupon) implements Ticket {}

    record Printed(@Column("printed_as") UUID number) implements Ticket {}

    @Final
    record Void() implements Ticket {}
  }

  record Order(Kind kind, LocalDate day, List<Seat> seats) {}

  @Transition
  Ticket.Ordered order(Order order) {
    return new Ticket.Ordered(order.kind(), order.day(), order.seats());
  }

  @Transition
  Ticket.Paid pay(Ticket.Ordered from, BigDecimal price) {
    return new Ticket.Paid(price, Optional.of("none"));
  }

  @Transition
  Ticket.Ordered refund(Ticket.Paid from, Order again) {
    return new Ticket.Ordered(again.kind(), again.day(), again.seats());
  }

  @Transition
  Ticket.Printed print(Ticket.Paid from, Context ctx) {
    return new Ticket.Printed(ctx.uuid());
  }

  @Transition
  Ticket.Void tear(Ticket.Printed from) {
    return new Ticket.Void();
  }

  @After("7d")
  Ticket.Void lapse(Ticket.Ordered from) {
    return new Ticket.Void();
  }

  @Validate
  void positive(Ticket.Paid to) {
    if (to.price().signum() <= 0) {
      throw new IllegalArgumentException("expected a price");
    }
  }
}
