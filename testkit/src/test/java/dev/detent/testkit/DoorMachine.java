// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import dev.detent.Key;
import dev.detent.annotation.After;
import dev.detent.annotation.Final;
import dev.detent.annotation.Initial;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import dev.detent.machine.Next;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Is a machine with several targets, back edges, guards, timeouts and inputs of many types.
@StateMachine("door")
final class DoorMachine {
  sealed interface Door {
    record Closed() implements Door {}

    record Open(String by, Instant since) implements Door {}

    record Jammed(String why) implements Door {}

    @Final
    record Gone(Tool tool) implements Door {}
  }

  enum Strength {
    WEAK,
    STRONG
  }

  sealed interface Tool {
    record Saw(int teeth, List<Tool> spare) implements Tool {}

    record Axe(BigDecimal weight, Optional<Tool> other) implements Tool {}
  }

  record Push(String by, Strength strength, Optional<Instant> at) {
    Push {
      if (by.contains(" ")) {
        throw new IllegalArgumentException("by: expected one word");
      }
    }
  }

  record Order(UUID id, Map<String, List<Long>> parts, Tool tool, byte[] mark, boolean[] flags) {}

  @Initial
  Door.Closed closed() {
    return new Door.Closed();
  }

  @Transition
  Next<Door, String> push(Door.Closed from, Push push, Instant now) {
    return push.strength() == Strength.STRONG
        ? Next.<Door>to(new Door.Jammed(push.by())).reply("crack")
        : Next.<Door>to(new Door.Open(push.by(), push.at().orElse(now))).reply("creak");
  }

  @Transition
  Next<Door.Open, Door.Open> push(Door.Open from, Push push) {
    return Next.stay(from);
  }

  @Transition
  Door.Closed close(Door.Open from) {
    return new Door.Closed();
  }

  @Transition
  Door.Closed repair(Door.Jammed from, int hours) {
    if (hours < 10) {
      throw new IllegalArgumentException("that takes longer");
    }
    return new Door.Closed();
  }

  @Transition
  Door.Gone remove(Door.Closed from, Order order, Key key) {
    return new Door.Gone(order.tool());
  }

  @After("PT30M")
  Door.Closed shut(Door.Open from) {
    return new Door.Closed();
  }

  @After("1d")
  Door.Jammed rust(Door.Open from) {
    return new Door.Jammed("rust");
  }
}
