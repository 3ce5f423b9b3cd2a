// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.annotation.After;
import dev.detent.annotation.Initial;
import dev.detent.annotation.Query;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Table;
import dev.detent.annotation.Transition;
import dev.detent.codec.Json;
import dev.detent.handler.Context;
import dev.detent.machine.Machine;
import dev.detent.machine.Next;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Makes the machines that simulated clients use: one from JSON, in two editions, and some in Java,
/// of which one is mapped to a table.
final class SimulatedMachines {
  /// The editions of the JSON machine; both have the same states.
  static final List<Machine> GATES =
      List.of(
          gate("\"500ms\":\"locked\",\"3s\":\"jammed\"", ""),
          gate("\"500ms\":\"locked\"", "\"bless\":\"unlocked\","));

  static final Machine ORDER = Machine.of(new OrderMachine());

  /// Its instances are rows of a table.
  static final Machine BILL = Machine.of(new BillMachine());

  static final Machine JOB = Machine.of(new JobMachine());

  /// The commands of jobs that are pure.
  static final List<String> JOB_COMMANDS =
      List.of("touch", "touch", "close", "open", "open", "look");

  private SimulatedMachines() {}

  /// Returns all machines, with one edition of the JSON one.
  static Map<String, Machine> edition(int gate) {
    var machines = new TreeMap<String, Machine>();
    machines.put("gate", GATES.get(gate));
    machines.put("order", ORDER);
    machines.put("job", JOB);
    machines.put("bill", BILL);
    return machines;
  }

  private static Machine gate(String after, String on) {
    return Machine.parse(
        "gate",
        Json.parse(
            """
            {"initial": "locked", "states": {
              "locked": {"on": {"coin": "unlocked", "kick": "jammed"}},
              "unlocked": {"on": {"push": "locked", "coin": "unlocked"}, "after": {%s}},
              "jammed": {"on": {%s "fix": "locked"}, "after": {"10s": "locked"}}}}
            """
                .formatted(after, on)));
  }

  /// Says what a command should do; `r` names the request.
  record Wanted(long r, String how) {}

  sealed interface Order {
    record Created(long r) implements Order {}

    record Paid(long r, String how) implements Order {}

    record Shipped(long r) implements Order {}

    record Expired(long r) implements Order {}
  }

  @StateMachine("order")
  static final class OrderMachine {
    @Transition
    Order.Created create(Wanted wanted) {
      return new Order.Created(wanted.r());
    }

    @Transition
    Next<Order.Paid, String> pay(Order.Created from, Wanted wanted) {
      return Next.to(new Order.Paid(checked(wanted).r(), wanted.how())).reply("paid");
    }

    @Transition
    Next<Order.Paid, String> pay(Order.Paid from, Wanted wanted) {
      return Next.stay(from).reply("is paid by " + from.r());
    }

    @Transition
    Order.Shipped ship(Order.Paid from, Wanted wanted) {
      return new Order.Shipped(checked(wanted).r());
    }

    @Transition
    Order.Created reopen(Order.Shipped from, Wanted wanted) {
      return new Order.Created(checked(wanted).r());
    }

    @Transition
    Order.Created revive(Order.Expired from, Wanted wanted) {
      return new Order.Created(wanted.r());
    }

    @After("2s")
    Order.Expired expire(Order.Paid from) {
      if (from.how().equals("sulk")) {
        throw new IllegalStateException("it sulks");
      }
      return new Order.Expired(from.r());
    }

    @Query
    String status(Order now) {
      return now.getClass().getSimpleName();
    }

    private static Wanted checked(Wanted wanted) {
      if (wanted.how().equals("throw")) {
        throw new IllegalStateException("as you wish");
      }
      return wanted;
    }
  }

  sealed interface Bill {
    record Open(long r, long sum) implements Bill {}

    record Closed(long r, long sum) implements Bill {}
  }

  @StateMachine("bill")
  @Table(name = "bills", ids = Table.Ids.TEXT)
  static final class BillMachine {
    @Transition
    Bill.Open create(Wanted wanted) {
      return new Bill.Open(wanted.r(), 0);
    }

    @Transition
    Bill.Open add(Bill.Open from, Wanted wanted) {
      return new Bill.Open(OrderMachine.checked(wanted).r(), from.sum() + 1);
    }

    @Transition
    Bill.Closed close(Bill.Open from, Wanted wanted) {
      return new Bill.Closed(wanted.r(), from.sum());
    }

    @Transition
    Bill.Open open(Bill.Closed from, Wanted wanted) {
      return new Bill.Open(wanted.r(), from.sum());
    }

    @Transition
    Next<Bill, String> look(Bill from, Wanted wanted) {
      return Next.stay(from).reply("looked");
    }

    @After("1500ms")
    Bill.Closed lapse(Bill.Open from) {
      return new Bill.Closed(from.r(), from.sum());
    }

    @Query
    String status(Bill now) {
      return now.getClass().getSimpleName();
    }
  }

  sealed interface Job {
    record Idle(long r) implements Job {}

    record Active(long r) implements Job {}

    record Closed(long r) implements Job {}
  }

  /// Has handlers, of which the simulation runs scripts instead.
  @StateMachine("job")
  static final class JobMachine {
    @Initial
    Job.Idle idle() {
      return new Job.Idle(0);
    }

    @Transition
    Job work(Job.Idle from, Wanted wanted, Context context) {
      throw new IllegalStateException("a script runs instead");
    }

    @Transition
    Job work(Job.Active from, Wanted wanted, Context context) {
      throw new IllegalStateException("a script runs instead");
    }

    @Transition
    Job.Active touch(Job.Idle from, Wanted wanted) {
      return new Job.Active(OrderMachine.checked(wanted).r());
    }

    @Transition
    Job.Active touch(Job.Active from, Wanted wanted) {
      return new Job.Active(OrderMachine.checked(wanted).r());
    }

    @Transition
    Job.Closed close(Job.Active from, Wanted wanted) {
      return new Job.Closed(wanted.r());
    }

    @Transition
    Job.Idle open(Job.Closed from, Wanted wanted) {
      return new Job.Idle(wanted.r());
    }

    @Transition
    Next<Job, String> look(Job from, Wanted wanted) {
      return Next.stay(from).reply("looked");
    }

    @After("900ms")
    Job.Idle nap(Job.Active from, Context context) {
      throw new IllegalStateException("a script runs instead");
    }

    @After("3s")
    Job.Idle tire(Job.Active from) {
      return new Job.Idle(from.r());
    }

    @Query
    String status(Job now) {
      return now.getClass().getSimpleName();
    }
  }
}
