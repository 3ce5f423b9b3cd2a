// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.machine.Machine;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExamplesTest {
  @TempDir Path folder;

  @Test
  void allAreServed() {
    assertThat(new ExampleMachines().machines())
        .extracting(Machine::name)
        .containsExactly("turnstile", "life", "payment", "resource");
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
    assertThat(output(ResourceMachine::run))
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

  private String output(BiConsumer<Path, PrintStream> example) {
    var bytes = new ByteArrayOutputStream();
    example.accept(folder, new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
