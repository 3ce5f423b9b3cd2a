// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.annotation.Initial;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import java.util.concurrent.CountDownLatch;

/// Takes a step when it is let go.
@StateMachine("slow")
final class Slow {
  sealed interface Pace {
    record Still() implements Pace {}
  }

  final CountDownLatch entered = new CountDownLatch(1);
  final CountDownLatch leave = new CountDownLatch(1);

  @Initial
  Pace.Still still() {
    return new Pace.Still();
  }

  @Transition
  Pace.Still step(Pace.Still from) throws InterruptedException {
    entered.countDown();
    leave.await();
    return from;
  }

  void awaitEntered() {
    try {
      entered.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
