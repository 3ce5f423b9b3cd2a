// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.detent.bench.Options.Part;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OptionsTest {
  @Test
  void readsEveryOption() {
    Options options =
        Options.parse(
            "--runs",
            "7",
            "--seconds",
            "0.5",
            "--only",
            "raw,http",
            "--store",
            "sqlite",
            "--events",
            "5000",
            "--sleepers",
            "100",
            "--profile");
    assertThat(options.runs()).isEqualTo(7);
    assertThat(options.length()).isEqualTo(Duration.ofMillis(500));
    assertThat(options.parts()).containsExactly(Part.RAW, Part.HTTP);
    assertThat(options.stores()).containsExactly("sqlite");
    assertThat(options.events()).isEqualTo(5_000);
    assertThat(options.sleepers()).isEqualTo(100);
    assertThat(options.profile()).isTrue();
  }

  @Test
  void measuresEverythingByDefault() {
    assertThat(Options.parse()).isEqualTo(Options.standard());
    assertThat(Options.standard().parts()).containsExactly(Part.values());
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    refuses("--runs: expected 1.0 to 100.0, got '0'", "--runs", "0");
    refuses("--seconds: expected 0.1 to 600.0, got ''", "--seconds");
    refuses(
        "--only: expected some of sync,raw,engine,mapped,joined,consumer,http,handlers,redis,"
            + "takeover,sleepers,start, got 'row'",
        "--only",
        "row");
    refuses("--store: expected sqlite or postgresql, got 'h2'", "--store", "h2");
    refuses("option: expected one of the usage, got '--fast'", "--fast");
  }

  private static void refuses(String message, String... arguments) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Options.parse(arguments))
        .withMessage(message);
  }
}
