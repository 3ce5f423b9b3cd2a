// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import dev.detent.annotation.After;
import dev.detent.annotation.Final;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import dev.detent.handler.Awakeable;
import dev.detent.handler.Context;
import dev.detent.handler.TerminalException;
import java.time.Duration;

/// Is a machine with durable handlers that step, sleep, wait for the world, and call each other.
@StateMachine("parcel")
final class ParcelMachine {
  sealed interface Parcel {
    record Packed(String to) implements Parcel {}

    record Sent(String receipt) implements Parcel {}

    record Lost() implements Parcel {}

    @Final
    record Delivered(String signedBy) implements Parcel {}
  }

  @Transition
  Parcel.Packed pack(String to) {
    return new Parcel.Packed(to);
  }

  @Transition
  Parcel.Sent post(Parcel.Packed from, Context ctx) {
    String receipt = ctx.step("post", String.class, () -> "receipt of " + from.to());
    ctx.sleep(Duration.ofDays(2));
    return new Parcel.Sent(receipt);
  }

  @Transition
  Parcel.Delivered deliver(Parcel.Sent from, Context ctx) {
    Awakeable<String> signature = ctx.awakeable(String.class);
    String by = signature.await();
    if (by.isEmpty()) {
      throw new TerminalException("UNSIGNED", "nobody signed");
    }
    return new Parcel.Delivered(by);
  }

  @Transition
  Parcel.Packed find(Parcel.Lost from, String by, Context ctx) {
    return ctx.call("parcel", by + ctx.uuid(), "pack", by, Parcel.Packed.class);
  }

  @After("30d")
  Parcel.Lost lose(Parcel.Sent from, Context ctx) {
    ctx.sleep(Duration.ofHours(1));
    return new Parcel.Lost();
  }
}
