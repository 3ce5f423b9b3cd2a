// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.engine.Script.Act;
import dev.detent.engine.Script.Finish;
import dev.detent.store.InvocationRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// Makes up what simulated handlers do.
///
/// Calls go from instances to those after them only, so that none waits for another in a circle;
/// but for those calls that go back to where they come from, which fail at once.
final class Scripts {
  static final int JOBS = 4;

  /// Tells the requests of one life of a handler from those of the next.
  static final long LIFE = 1_000_000;

  // Of a partition each.
  private static final List<String> NAMES = List.of("j5", "j6", "j7", "j11");
  private static final int DEPTH_MAX = 2;
  private static final List<String> STATES = List.of("Idle", "Active", "Active", "Closed");
  private static final Script TIMEOUT =
      new Script(
          List.of(new Script.Step("tidy", 0, "go"), new Script.Sleep(40)),
          List.of(),
          Finish.MOVE,
          "Idle");
  private static final Script SULKING =
      new Script(
          List.of(new Script.Sleep(700), new Script.Step("tidy", 0, "fail")),
          List.of(),
          Finish.MOVE,
          "Idle");

  private final Schedule schedule;
  private final LongSupplier numbers;
  private final Map<Long, Script> scripts = new HashMap<>();

  Scripts(Schedule schedule, LongSupplier numbers) {
    this.schedule = schedule;
    this.numbers = numbers;
  }

  static Key job(int index) {
    return new Key("job", NAMES.get(index));
  }

  /// Returns what the handler of an invocation does.
  Script of(InvocationRow row) {
    if (row.kind().equals(Origin.AFTER)) {
      return Math.floorMod(row.id().hashCode(), 3) == 0 ? SULKING : TIMEOUT;
    }
    Script script = scripts.get(Truth.request(row.input()) % LIFE);
    if (script == null) {
      throw new IllegalStateException("a handler of which nobody knows what it does: " + row);
    }
    return script;
  }

  /// Makes up the handler of a request.
  void write(long r, Key key) {
    write(r, NAMES.indexOf(key.key()), 0);
  }

  private void write(long r, int index, int depth) {
    var acts = new ArrayList<Act>();
    int count = schedule.random.nextInt(5);
    for (int i = 0; i < count; i++) {
      act(acts, index, depth);
    }
    var undo = new ArrayList<Act>();
    if (schedule.chance(0.5)) {
      act(undo, index, DEPTH_MAX - 1);
    }
    double kind = schedule.random.nextDouble();
    Finish finish =
        kind < 0.65
            ? Finish.MOVE
            : kind < 0.8 ? Finish.STAY : kind < 0.92 ? Finish.FAIL : Finish.THROW;
    String to = STATES.get(schedule.random.nextInt(STATES.size()));
    scripts.put(r, new Script(List.copyOf(acts), List.copyOf(undo), finish, to));
  }

  private void act(List<Act> acts, int index, int depth) {
    double kind = schedule.random.nextDouble();
    if (kind < 0.4) {
      acts.add(step(acts.size()));
    } else if (kind < 0.52) {
      acts.add(new Script.Sleep(schedule.random.nextInt(schedule.chance(0.1) ? 4_000 : 300)));
    } else if (kind < 0.66 && depth < DEPTH_MAX && index + 1 < JOBS) {
      acts.add(call(index, depth));
    } else if (kind < 0.78) {
      acts.add(send(depth));
    } else if (kind < 0.88) {
      acts.add(new Script.Promise(schedule.chance(0.3) ? 1 + schedule.random.nextInt(900) : 0));
      if (schedule.chance(0.3)) {
        acts.add(step(acts.size()));
      }
      acts.add(new Script.Await());
    } else if (kind < 0.93) {
      acts.add(new Script.Signal("s" + schedule.random.nextInt(2)));
    } else {
      acts.add(new Script.Transact("t" + acts.size()));
    }
  }

  private Act step(int number) {
    int failures = schedule.chance(0.15) ? 1 + schedule.random.nextInt(2) : 0;
    double kind = schedule.random.nextDouble();
    return new Script.Step(
        "e" + number, failures, kind < 0.04 ? "fail" : kind < 0.055 ? "poison" : "go");
  }

  private Act call(int index, int depth) {
    int target = index + 1 + schedule.random.nextInt(JOBS - index - 1);
    long r = numbers.getAsLong();
    if (schedule.chance(0.08)) {
      // Comes back to an instance that waits for its answer.
      var back = new Script.Call(job(index), "work", numbers.getAsLong());
      write(back.r(), index, DEPTH_MAX);
      scripts.put(r, new Script(List.of(back), List.of(), Finish.MOVE, "Active"));
      return new Script.Call(job(target), "work", r);
    }
    String command = schedule.chance(0.6) ? "work" : command();
    write(r, target, depth + 1);
    return new Script.Call(job(target), command, r);
  }

  private Act send(int depth) {
    int target = schedule.random.nextInt(JOBS);
    boolean works = depth < DEPTH_MAX && schedule.chance(0.4);
    long r = numbers.getAsLong();
    if (works) {
      write(r, target, depth + 1);
    }
    long delay = schedule.chance(0.4) ? schedule.random.nextInt(1_500) : 0;
    return new Script.Send(job(target), works ? "work" : command(), r, delay);
  }

  /// Returns a command that needs no handler.
  String command() {
    return SimulatedMachines.JOB_COMMANDS.get(
        schedule.random.nextInt(SimulatedMachines.JOB_COMMANDS.size()));
  }
}
