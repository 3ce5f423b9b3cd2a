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
    assertThat(output(TurnstileMachine::run)).isEqualTo("");
  }

  @Test
  void aLifeIsLived() {
    assertThat(output(LifeMachine::run).replaceAll("\"20\\d\\d-[^\"]*\"", "TIME")).isEqualTo("");
  }

  @Test
  void aPaymentIsPaidInTheEnd() {
    assertThat(output(PaymentMachine::run)).isEqualTo("");
  }

  @Test
  void aResourceAnswersInEveryState() {
    assertThat(output(ResourceMachine::run)).isEqualTo("");
  }

  private String output(BiConsumer<Path, PrintStream> example) {
    var bytes = new ByteArrayOutputStream();
    example.accept(folder, new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
