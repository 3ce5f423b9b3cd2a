// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class WrkTest {
  @Test
  void readsTheLineOfTheScript() {
    Run run =
        Wrk.parse(
            """
            Running 2s test @ http://127.0.0.1:8080
            bench requests=60000 micros=2000000 p50=4250 p99=21500 refused=0 broken=0 late=0
            """);
    assertThat(run).isEqualTo(new Run(30_000, 4.25, 21.5));
  }

  @Test
  void aRunWithRefusalsCountsForNothing() {
    String line = "bench requests=9 micros=9 p50=1 p99=1 refused=%d broken=%d late=%d";
    refuses(line.formatted(1, 0, 0));
    refuses(line.formatted(0, 1, 0));
    refuses(line.formatted(0, 0, 1));
  }

  @Test
  void anEndWithoutResultsIsAFailure() {
    refuses("unable to connect to 127.0.0.1:8080 Connection refused");
  }

  private static void refuses(String output) {
    assertThatIllegalStateException()
        .isThrownBy(() -> Wrk.parse(output))
        .withMessageContaining(output);
  }
}
