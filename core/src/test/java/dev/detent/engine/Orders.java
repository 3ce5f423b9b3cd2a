// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import dev.detent.handler.Context;
import dev.detent.machine.Next;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/// Has a command of every shape that a method reference can have.
@StateMachine("order")
class Orders {
  sealed interface Order {
    record Open(List<String> items, Instant since) implements Order {}

    record Paid(int cents) implements Order {}
  }

  sealed interface Means {
    record Cash(int cents) implements Means {}

    record Card(String number, int cents) implements Means {}
  }

  record Cart(List<String> items) {}

  @Transition
  Order.Open begin() {
    return new Order.Open(List.of(), Instant.EPOCH);
  }

  @Transition
  Order.Open beginAt(Instant now) {
    return new Order.Open(List.of(), now);
  }

  @Transition
  Order.Open create(Cart cart) {
    return new Order.Open(cart.items(), Instant.EPOCH);
  }

  @Transition
  Order.Open createAt(Cart cart, Instant now) {
    return new Order.Open(cart.items(), now);
  }

  @Transition
  Order.Open add(Order.Open from, String item) {
    return with(from, item, from.since());
  }

  @Transition
  Order.Open addAt(Order.Open from, String item, Instant now) {
    return with(from, item, now);
  }

  @Transition
  Order.Open empty(Order.Open from) {
    return new Order.Open(List.of(), from.since());
  }

  @Transition
  Order.Open emptyAt(Order.Open from, Instant now) {
    return new Order.Open(List.of(), now);
  }

  @Transition
  Order.Paid pay(Order.Open from, int cents) {
    return new Order.Paid(cents);
  }

  @Transition
  Order.Paid payBy(Order.Open from, Means means) {
    return new Order.Paid(
        switch (means) {
          case Means.Cash cash -> cash.cents();
          case Means.Card card -> card.cents();
        });
  }

  @Transition
  Next<Order.Open, String> welcome() {
    return Next.to(begin()).reply("welcome");
  }

  @Transition
  Next<Order.Open, String> welcomeKey(Key key) {
    return Next.to(begin()).reply("welcome " + key.key());
  }

  @Transition
  Next<Order.Open, Integer> order(Cart cart) {
    return Next.to(create(cart)).reply(cart.items().size());
  }

  @Transition
  Next<Order.Open, String> orderKey(Cart cart, Key key) {
    return Next.to(create(cart)).reply(key.key());
  }

  @Transition
  Next<Order.Open, Integer> count(Order.Open from) {
    return Next.stay(from).reply(from.items().size());
  }

  @Transition
  Next<Order.Open, String> name(Order.Open from, Key key) {
    return Next.stay(from).reply(key.key());
  }

  @Transition
  Next<Order.Open, List<Integer>> lengths(Order.Open from, String item) {
    Order.Open more = add(from, item);
    return Next.to(more).reply(more.items().stream().map(String::length).toList());
  }

  @Transition
  Next<Order.Open, String> addKey(Order.Open from, String item, Key key) {
    return Next.to(add(from, item)).reply(key.key() + " " + item);
  }

  @Transition
  Order.Open start(Context ctx) {
    return new Order.Open(List.of(ctx.step("start", String.class, () -> "started")), ctx.now());
  }

  @Transition
  Order.Open load(Cart cart, Context ctx) {
    ctx.step("load", () -> {});
    return create(cart);
  }

  @Transition
  Next<Order.Open, String> fetch(Cart cart, Context ctx) {
    return Next.to(create(cart)).reply(ctx.step("fetch", String.class, () -> "fetched"));
  }

  @Transition
  Order.Open check(Order.Open from, Context ctx) {
    return with(from, ctx.step("check", String.class, () -> "checked"), from.since());
  }

  @Transition
  Order.Open pick(Order.Open from, String item, Context ctx) {
    return with(from, ctx.step("pick", String.class, () -> "picked " + item), from.since());
  }

  @Transition
  Next<Order.Open, String> ask(Order.Open from, Context ctx) {
    return Next.stay(from).reply(ctx.step("ask", String.class, () -> "asked"));
  }

  @Transition
  Next<Order.Open, Integer> weigh(Order.Open from, String item, Context ctx) {
    return Next.stay(from).reply(ctx.step("weigh", int.class, item::length));
  }

  private static Order.Open with(Order.Open from, String item, Instant since) {
    return new Order.Open(Stream.concat(from.items().stream(), Stream.of(item)).toList(), since);
  }
}
