// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.codec.Json;
import java.time.Duration;
import java.util.List;

/// Makes up what simulated clients want.
final class Clients {
  private static final List<String> GATE = List.of("coin", "coin", "push", "kick", "fix", "bless");
  private static final List<String> ORDER =
      List.of("create", "pay", "pay", "ship", "reopen", "revive");

  private static final List<String> BILL = List.of("create", "add", "add", "close", "open", "look");

  private final Schedule schedule;
  private final Truth truth;
  private final Scripts scripts;
  private final boolean keyed;
  private long numbers;

  /// Makes clients.
  ///
  /// @param keyed whether they use idempotency keys: answers are kept for so long that they may
  Clients(Schedule schedule, Truth truth, boolean keyed) {
    this.keyed = keyed;
    this.schedule = schedule;
    this.truth = truth;
    this.scripts = new Scripts(schedule, this::number);
  }

  Scripts scripts() {
    return scripts;
  }

  Operation next() {
    long number = ++numbers;
    Key key = key();
    String how = how(key);
    String command = command(key);
    if (command.equals("work")) {
      scripts.write(number, key);
    }
    String token = keyed && schedule.chance(0.35) ? "t" + number : null;
    double kind = schedule.random.nextDouble();
    Request.OfInstance request;
    if (kind < 0.2) {
      request = new Request.Read(key);
    } else if (kind < 0.25) {
      request = new Request.Ask(key, "status");
    } else if (kind < 0.42) {
      request = new Request.Send(key, command, input(number, how), token, delay());
    } else {
      request = new Request.Call(key, command, input(number, how), token, precondition(key));
    }
    boolean reads = request instanceof Request.Read || request instanceof Request.Ask;
    return new Operation(number, request, how, reads ? null : token);
  }

  long number() {
    return ++numbers;
  }

  Key key() {
    if (schedule.chance(0.5)) {
      return Scripts.job(schedule.random.nextInt(Scripts.JOBS));
    }
    if (schedule.chance(0.2)) {
      return bill();
    }
    String machine = schedule.random.nextBoolean() ? "gate" : "order";
    boolean hot = schedule.chance(0.7);
    return new Key(machine, hot ? "h" + schedule.random.nextInt(3) : "c" + cold());
  }

  /// Returns an instance that is a row of the user's.
  Key bill() {
    return new Key("bill", "b" + schedule.random.nextInt(4));
  }

  String command(Key key) {
    if (schedule.chance(0.02)) {
      return "nope";
    }
    if (key.machine().equals("job")) {
      return schedule.chance(0.6) ? "work" : scripts.command();
    }
    List<String> commands =
        switch (key.machine()) {
          case "gate" -> GATE;
          case "bill" -> BILL;
          default -> ORDER;
        };
    return commands.get(schedule.random.nextInt(commands.size()));
  }

  static Json input(long number, String how) {
    return Json.trusted("{\"r\":" + number + ",\"how\":\"" + how + "\"}");
  }

  private int cold() {
    return schedule.random.nextInt(40);
  }

  private String how(Key key) {
    double kind = schedule.random.nextDouble();
    if (kind < 0.02) {
      return "poison";
    } else if (kind < 0.03) {
      return "late";
    } else if (kind < 0.08 && !key.machine().equals("gate")) {
      return "throw";
    }
    return kind < 0.1 ? "sulk" : "go";
  }

  private Duration delay() {
    return schedule.chance(0.4)
        ? Duration.ZERO
        : Duration.ofMillis(1 + schedule.random.nextInt(4_000));
  }

  private Precondition precondition(Key key) {
    double kind = schedule.random.nextDouble();
    if (kind < 0.08) {
      return new Precondition.Version(truth.life(key).known);
    }
    if (kind < 0.1) {
      return new Precondition.Version(schedule.random.nextInt(4));
    }
    return kind < 0.13 ? Precondition.EXISTS : Precondition.NONE;
  }
}
