// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.machine.Diagram;
import dev.detent.machine.Machine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DiagramsTest {
  @ParameterizedTest
  @ValueSource(classes = {LifeMachine.class, ResourceMachine.class, PaymentProcessorMachine.class})
  void areWrittenByTheCompiler(Class<?> type) throws Exception {
    var constructor = type.getDeclaredConstructor();
    constructor.setAccessible(true);
    Machine machine = Machine.of(constructor.newInstance());
    assertThat(text(machine.name() + ".mmd")).isEqualTo(Diagram.mermaid(machine));
    assertThat(text(machine.name() + ".md")).isEqualTo(Diagram.markdown(machine));
  }

  private static String text(String file) throws IOException {
    try (InputStream in = DiagramsTest.class.getResourceAsStream("/META-INF/detent/" + file)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
