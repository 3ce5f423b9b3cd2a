// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.annotation.Final;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import java.time.Instant;

/// Must be created, and ends.
@StateMachine("life")
final class Lives {
  sealed interface Phase {
    record Gestating() implements Phase {}

    record Alive(Instant bornAt) implements Phase {}

    @Final
    record Dead(Instant diedAt) implements Phase {}
  }

  @Transition
  Phase.Gestating conceive() {
    return new Phase.Gestating();
  }

  @Transition
  Phase.Alive birth(Phase.Gestating from, Instant now) {
    return new Phase.Alive(now);
  }

  @Transition
  Phase.Dead miscarriage(Phase.Gestating from, Instant now) {
    return new Phase.Dead(now);
  }

  @Transition
  Phase.Dead death(Phase.Alive from, Instant now) {
    return new Phase.Dead(now);
  }
}
