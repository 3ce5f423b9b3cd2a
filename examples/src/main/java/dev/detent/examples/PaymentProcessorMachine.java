// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import dev.detent.annotation.After;
import dev.detent.annotation.Final;
import dev.detent.annotation.Initial;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import dev.detent.examples.PaymentProcessorMachine.Payment.Authorised;
import dev.detent.examples.PaymentProcessorMachine.Payment.Captured;
import dev.detent.examples.PaymentProcessorMachine.Payment.Expired;
import dev.detent.examples.PaymentProcessorMachine.Payment.New;
import dev.detent.examples.PaymentProcessorMachine.Payment.Refunded;
import dev.detent.handler.Awakeable;
import dev.detent.handler.CancelledException;
import dev.detent.handler.Context;
import dev.detent.handler.TerminalException;
import dev.detent.machine.Next;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/// Shows handlers that wait for people and undo what they did: a payment is authorised, captured
/// once the fraud desk approves it, and refunded if that is cancelled before the money has settled.
/// Nobody captures an authorisation for a day: it expires.
///
/// Money settles in 2 s, a large sum (5,000.00 or more) within a day.
@StateMachine("payment-processor")
public final class PaymentProcessorMachine {
  private static final System.Logger LOG =
      System.getLogger(PaymentProcessorMachine.class.getName());
  private static final long LARGE_CENTS = 500_000;
  private static final Duration APPROVAL_MAX = Duration.ofHours(1);
  private static final Duration LARGE_SETTLING = Duration.ofDays(1);

  private final Bank bank;
  private final Consumer<String> desk;
  private final Duration settling;

  /// Is one of the five states.
  public sealed interface Payment {
    /// Has not been asked for.
    record New() implements Payment {}

    /// Has its money reserved.
    ///
    /// @param authorisation what names the reservation
    /// @param cents how much
    record Authorised(String authorisation, long cents) implements Payment {}

    /// Is paid.
    ///
    /// @param receipt what names the payment
    /// @param cents how much
    record Captured(String receipt, long cents) implements Payment {}

    /// Was paid back.
    ///
    /// @param receipt what names the payment
    @Final
    record Refunded(String receipt) implements Payment {}

    /// Was not captured in time.
    @Final
    record Expired() implements Payment {}
  }

  /// Says what is to be paid.
  ///
  /// @param account who pays
  /// @param cents how much
  public record Order(String account, long cents) {}

  /// Makes the machine, with a bank and a fraud desk that write to the log.
  public PaymentProcessorMachine() {
    this(
        new Bank(what -> LOG.log(System.Logger.Level.INFO, "the bank has {0}", what)),
        awakeable ->
            LOG.log(
                System.Logger.Level.INFO,
                "to approve: POST /api/awakeables/{0}/resolve with body true",
                awakeable),
        Duration.ofSeconds(2));
  }

  /// Makes the machine.
  ///
  /// @param bank does what payments want
  /// @param desk is handed what to resolve by `true` or `false`
  /// @param settling how long it takes until a sum that is not large has settled
  PaymentProcessorMachine(Bank bank, Consumer<String> desk, Duration settling) {
    this.bank = bank;
    this.desk = desk;
    this.settling = settling;
  }

  /// Says what a payment is before anybody has touched it.
  @Initial
  public New untouched() {
    return new New();
  }

  /// Reserves the money.
  @Transition
  public Authorised authorise(New from, Order order, Context ctx) {
    if (order.cents() <= 0) {
      throw new TerminalException("INVALID_AMOUNT", "there is nothing to pay");
    }
    String authorisation =
        ctx.step(
            "authorise", String.class, key -> bank.authorise(key, order.account(), order.cents()));
    return new Authorised(authorisation, order.cents());
  }

  /// Takes the money once the fraud desk approves; gives it back if that is cancelled before it has
  /// settled.
  @Transition
  public Next<Payment, String> capture(Authorised from, Context ctx) {
    Awakeable<Boolean> approval = ctx.awakeable(Boolean.class, APPROVAL_MAX);
    ctx.step("ask for approval", () -> desk.accept(approval.id()));
    if (!approval.await()) {
      throw new TerminalException("NOT_APPROVED", "the fraud desk does not approve");
    }
    String receipt =
        ctx.step("capture", String.class, key -> bank.capture(key, from.authorisation()));
    try {
      ctx.sleep(from.cents() >= LARGE_CENTS ? LARGE_SETTLING : settling);
    } catch (CancelledException e) {
      ctx.step("refund", key -> bank.refund(key, receipt));
      return Next.<Payment>to(new Refunded(receipt)).reply("refunded");
    }
    return Next.<Payment>to(new Captured(receipt, from.cents())).reply("captured");
  }

  /// Gives the money back.
  @Transition
  public Refunded refund(Captured from, Context ctx) {
    ctx.step("refund", key -> bank.refund(key, from.receipt()));
    return new Refunded(from.receipt());
  }

  /// Lets the money go that nobody captured.
  @After("1d")
  public Expired expire(Authorised from, Context ctx) {
    ctx.step("release", key -> bank.release(key, from.authorisation()));
    return new Expired();
  }

  /// Runs it.
  ///
  /// @param arguments the folder for the store; without one, a new folder
  public static void main(String... arguments) throws IOException, InterruptedException {
    run(Session.folder(arguments), System.out, Duration.ofSeconds(2));
  }

  static void run(Path folder, PrintStream out, Duration settling) throws InterruptedException {
    var told = new LinkedBlockingQueue<String>();
    var desk = new LinkedBlockingQueue<String>();
    var machine = new PaymentProcessorMachine(new Bank(told::add), desk::add, settling);
    try (var session = Session.open(machine, "payment-processor", folder, out)) {
      session.call("p-1", "authorise", "{\"account\":\"ann\",\"cents\":1200}");
      String captured = session.send("p-1", "capture");
      session.answer(desk.take(), true);
      session.result(captured);
      session.call("p-1", "refund");
      session.history("p-1");
      session.call("p-2", "authorise", "{\"account\":\"bob\",\"cents\":0}");
      session.call("p-2", "authorise", "{\"account\":\"bob\",\"cents\":700000}");
      String refused = session.send("p-2", "capture");
      session.answer(desk.take(), false);
      session.result(refused);
      told.clear();
      String cancelled = session.send("p-2", "capture");
      session.answer(desk.take(), true);
      out.println("The bank has " + told.take() + ".");
      session.cancel(cancelled);
      session.result(cancelled);
      out.println("The bank has " + told.take() + ".");
      session.history("p-2");
    }
  }
}
