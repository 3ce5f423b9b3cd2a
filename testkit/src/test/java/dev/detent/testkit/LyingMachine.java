// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import dev.detent.annotation.Initial;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import dev.detent.machine.Next;

/// Is a machine whose code goes where its signature does not lead, past the compiler.
@StateMachine("liar")
final class LyingMachine {
  sealed interface Lie {
    record Here() implements Lie {}

    record There() implements Lie {}
  }

  @Initial
  Lie.Here here() {
    return new Lie.Here();
  }

  @Transition
  @SuppressWarnings("unchecked")
  Next<Lie.There, String> go(Lie.Here from) {
    Next<? extends Lie, String> elsewhere = Next.to(from).reply("to nowhere");
    return (Next<Lie.There, String>) elsewhere;
  }

  @Transition
  Lie.Here back(Lie.There from) {
    return new Lie.Here();
  }
}
