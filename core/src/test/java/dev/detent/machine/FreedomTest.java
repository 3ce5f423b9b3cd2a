// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.detent.RefusedException;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Strict machines and free ones.
final class FreedomTest {
  sealed interface Phase {
    record Draft() implements Phase {}

    record Live() implements Phase {}

    record Gone() implements Phase {}
  }

  @Test
  void beginsInAnyNumberOfStatesIfItIsFree() {
    Machine free =
        Machine.define("free", Phase.class)
            .arcs()
            .initial(Phase.Draft.class)
            .to(Phase.Live.class, Phase.Gone.class)
            .initial(Phase.Live.class)
            .to(Phase.Draft.class, Phase.Live.class)
            .build();
    assertThat(free.allowed(null)).containsExactlyInAnyOrder("Draft", "Live");
    assertThat(free.allowed("Live")).containsExactlyInAnyOrder("Draft", "Live");
    assertThat(Objects.requireNonNull(free.transition("Live", "Draft")).to())
        .isEqualTo(Set.of("Draft"));
    assertThat(free.definition().text()).contains("\"Draft\":\"Draft\"", "\"Live\":\"Live\"");
    assertThat(free.warnings()).isEmpty();
    assertThat(Diagram.mermaid(free)).contains("Live");
  }

  @Test
  void hasOneBeginningAndNoWayBackIfItIsStrict() {
    assertThatThrownBy(() ->
            Machine.define("strict", Phase.class)
                .initial(Phase.Draft.class)
                .to(Phase.Live.class)
                .state(Phase.Live.class)
                .to(Phase.Draft.class)
                .build())
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(
            "initial state: expected no way back to it, got Live → Draft; use arcs()");
  }

  @StateMachine(value = "free", arcs = true)
  static final class FreeMachine {
    @Transition
    Phase.Draft draft() {
      return new Phase.Draft();
    }

    @Transition
    Phase.Live launch() {
      return new Phase.Live();
    }

    @Transition
    Phase.Gone end(Phase from) {
      return new Phase.Gone();
    }
  }

  @Test
  void letsCreatingTransitionsOfAFreeClassLeadToSeveralStates() {
    Machine free = Machine.of(new FreeMachine());
    assertThat(free.allowed(null)).containsExactly("draft", "launch");
    assertThat(free.definition().text())
        .contains("\"create\":{\"draft\":\"Draft\",\"launch\":\"Live\"}");
  }
}
