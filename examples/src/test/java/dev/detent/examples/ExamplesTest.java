// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.engine.Detent;
import dev.detent.examples.PaymentProcessorMachine.Order;
import dev.detent.machine.Machine;
import dev.detent.sql.SqlStore;
import dev.detent.testkit.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExamplesTest {
  @TempDir Path folder;

  @Test
  void allAreServed() {
    assertThat(new ExampleMachines().machines())
        .extracting(Machine::name)
        .containsExactly("turnstile", "life", "payment", "resource", "payment-processor", "order");
  }

  @Test
  void theTurnstileTurns() {
    assertThat(output(TurnstileMachine::run))
        .isEqualTo(
            """
            > north push
            turnstile/north: command push is not allowed in state locked; allowed: coin
            > north coin
            unlocked {}, version 1
            > north coin
            turnstile/north: command coin is not allowed in state unlocked; allowed: push
            > north push
            locked {}, version 2
            > north history
            1. locked -> unlocked
            2. unlocked -> locked
            """);
  }

  @Test
  void aLifeIsLived() {
    assertThat(output(LifeMachine::run).replaceAll("\"20\\d\\d-[^\"]*Z\"", "TIME"))
        .isEqualTo(
            """
            > ada birth
            life/ada: no such instance; create it with one of: conceive
            > ada conceive
            Gestating {}, version 1
            > ada birth
            Alive {"bornAt":TIME}, version 2
            > ada miscarriage
            life/ada: command miscarriage is not allowed in state Alive; allowed: death
            > ada death
            Dead {"bornAt":TIME,"diedAt":TIME}, version 3
            > ada birth
            life/ada: command birth is not allowed in state Dead; allowed: nothing
            > ada history
            1. -> Gestating
            2. Gestating -> Alive
            3. Alive -> Dead
            """);
  }

  @Test
  void eachPaymentHasOneReceipt() throws Exception {
    var written = new ByteArrayOutputStream();
    Mailer.run(folder, new PrintStream(written, true, StandardCharsets.UTF_8));
    assertThat(written.toString(StandardCharsets.UTF_8))
        .endsWith(
            """
            > mail, up to here
            receipt: paid p-1
            receipt: paid p-3
            not sent: payment/p-2
            """);
  }

  @Test
  void aRemoteReaderGoesOnAfterACut() throws Exception {
    var written = new ByteArrayOutputStream();
    RemoteReader.run(folder, new PrintStream(written, true, StandardCharsets.UTF_8));
    assertThat(written.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            """
            > POST /turnstile/north/coin
            turnstile/north 1: locked -> unlocked
            > the server goes and comes back
            > POST /turnstile/north/push
            turnstile/north 2: unlocked -> locked
            > POST /turnstile/south/coin
            turnstile/south 1: locked -> unlocked
            """);
  }

  @Test
  void aPaymentIsPaidInTheEnd() {
    assertThat(output(PaymentMachine::run))
        .isEqualTo(
            """
            > p-1 Created {"userId":"user123","type":1}
            Created {"userId":"user123","type":1}, version 1
            > p-1 Completed {"result":"success!"}
            payment/p-1: command Completed is not allowed in state Created; allowed: Pending
            > p-1 Pending
            Pending {}, version 2
            > p-1 Failed {"error":"no funds"}
            Failed {"error":"no funds"}, version 3
            > p-1 Pending
            Pending {}, version 4
            > p-1 Completed {"result":"success!"}
            Completed {"result":"success!"}, version 5
            > p-1 history
            1. -> Created
            2. Created -> Pending
            3. Pending -> Failed
            4. Failed -> Pending
            5. Pending -> Completed
            """);
  }

  @Test
  void aResourceAnswersInEveryState() {
    var dice = new ArrayDeque<>(List.of(0.1, 0.3, 0.5, 0.39, 0.4));
    var machine = new ResourceMachine(new Cloud(false, dice::remove), Duration.ofMillis(20));
    assertThat(output((folder, out) -> ResourceMachine.run(machine, folder, out)))
        .isEqualTo(
            """
            > db-1 tearDown
            Down "db-1 is not yet UP", version 0
            > db-1 setUp
            Up "db-1 is now UP", version 1
            > db-1 setUp
            Up "db-1 is already UP", version 1
            > db-1 tearDown
            Down "db-1 is now DOWN", version 2
            > db-1 history
            1. Down -> Up
            2. Up -> Down
            """);
  }

  @Test
  void aPaymentIsCapturedRefusedAndRefunded() {
    assertThat(output((folder, out) -> pay(folder, out)))
        .isEqualTo(
            """
            > p-1 authorise {"account":"ann","cents":1200}
            Authorised {"authorisation":"auth-ann","cents":1200}, version 1
            > p-1 capture, sent
            > resolve with true
            > result
            Captured "captured", version 2
            > p-1 refund
            Refunded {"receipt":"receipt-ann"}, version 3
            > p-1 history
            1. New -> Authorised
            2. Authorised -> Captured
            3. Captured -> Refunded
            > p-2 authorise {"account":"bob","cents":0}
            there is nothing to pay
            > p-2 authorise {"account":"bob","cents":700000}
            Authorised {"authorisation":"auth-bob","cents":700000}, version 1
            > p-2 capture, sent
            > resolve with false
            > result
            the fraud desk does not approve
            > p-2 capture, sent
            > resolve with true
            The bank has captured auth-bob.
            > cancel
            > result
            Refunded "refunded", version 2
            The bank has refunded receipt-bob.
            > p-2 history
            1. New -> Authorised
            2. Authorised -> Refunded
            """);
  }

  private static void pay(Path folder, PrintStream out) {
    try {
      PaymentProcessorMachine.run(folder, out, Duration.ofMillis(20));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anAuthorisationExpiresWhenNobodyCapturesIt() throws Exception {
    var told = new LinkedBlockingQueue<String>();
    var machine = new PaymentProcessorMachine(new Bank(told::add), place -> {}, Duration.ZERO);
    var clock = ManualClock.at(Instant.parse("2026-01-01T00:00:00Z"));
    var store = SqlStore.sqlite(folder.resolve("expiry.db")).clock(clock).open();
    try (var detent = Detent.builder(store).machine(machine).start()) {
      var payments = detent.machine(PaymentProcessorMachine.class);
      payments.call("p", PaymentProcessorMachine::authorise, new Order("ann", 5));
      clock.advance(Duration.ofDays(1));
      assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo("authorised 5 cents of ann");
      assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo("released auth-ann");
      var expiry =
          detent.invocations().list(null, null, 9).stream()
              .filter(row -> row.command().equals("expire"))
              .findFirst()
              .orElseThrow();
      var result = detent.invocation(expiry.id()).result(Duration.ofSeconds(60));
      assertThat(result).isNotNull();
      assertThat(result.state()).isEqualTo("Expired");
    }
  }

  private String output(BiConsumer<Path, PrintStream> example) {
    var bytes = new ByteArrayOutputStream();
    example.accept(folder, new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
