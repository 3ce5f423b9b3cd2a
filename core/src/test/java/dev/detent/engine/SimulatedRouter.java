// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.engine.Submission.AskedInvocation.Since;
import dev.detent.store.Membership;
import dev.detent.store.NodeRow;
import dev.detent.store.PartitionRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Brings requests to their owner as [Router] does, over a network that loses and doubles messages.
final class SimulatedRouter {
  private static final String HERE = "";
  private static final String MOVED = "moved";
  private static final long PATIENCE_MS = 600;

  private final Simulation simulation;
  private final Schedule schedule;
  private final SimulatedNode node;
  private final Map<Integer, String> owners = new TreeMap<>();
  private final List<Exchange> exchanges = new ArrayList<>();

  /// Holds a request that is on its way to another node, until it is answered.
  private static final class Exchange {
    final Submission.Asked asked;
    final SimulatedRouter from;
    boolean over;

    Exchange(Submission.Asked asked, SimulatedRouter from) {
      this.asked = asked;
      this.from = from;
    }
  }

  SimulatedRouter(Simulation simulation, SimulatedNode node) {
    this.simulation = simulation;
    this.schedule = simulation.schedule;
    this.node = node;
  }

  /// Hears who owns what.
  void learn(Membership seen) {
    Set<String> alive =
        seen.nodes().stream()
            .filter(row -> row.expiresAt() > seen.now())
            .map(NodeRow::id)
            .collect(Collectors.toSet());
    for (PartitionRow row : seen.partitions()) {
      String owner = row.owner();
      if (!HERE.equals(owners.get(row.partition()))) {
        if (owner != null && !owner.equals(node.id()) && alive.contains(owner)) {
          owners.put(row.partition(), owner);
        } else {
          owners.remove(row.partition());
        }
      }
    }
  }

  void own(List<PartitionRow> rows) {
    rows.forEach(row -> owners.put(row.partition(), HERE));
  }

  void disown(Set<Integer> partitions) {
    partitions.forEach(owners::remove);
  }

  /// Takes a request back from a lane that does not own its partition.
  void astray(Submission.Asked asked) {
    owners.remove(partition(asked), HERE);
    route(asked);
  }

  private static int partition(Submission.Asked asked) {
    return switch (asked) {
      case Submission.AskedInstance of -> of.key().partition(ModelStore.PARTITIONS);
      case Submission.AskedInvocation of -> of.partition();
    };
  }

  void route(Submission.Asked asked) {
    int partition = partition(asked);
    String owner = owners.get(partition);
    if (!node.alive()) {
      return;
    }
    if (HERE.equals(owner)) {
      node.lane(partition).submit(asked);
    } else if (asked.asker().origin() == Submission.Asker.Origin.NODE) {
      asked.asker().reply().accept(new Reply.Refused(moved(asked)));
    } else if (owner == null) {
      again(asked, Refusals.ownerless());
    } else {
      forward(asked, owner);
    }
  }

  private static Problem moved(Submission.Asked asked) {
    Problem problem = Refusals.ownerless().with(MOVED, true);
    return asked instanceof Submission.AskedInvocation of && of.accepted()
        ? problem.with("awaits", of.request().invocation()).with("replayed", of.replayed())
        : problem;
  }

  private void forward(Submission.Asked asked, String owner) {
    SimulatedNode target = simulation.node(owner);
    if (target == null || !target.alive()) {
      again(asked, Refusals.ownerless());
      return;
    }
    var exchange = new Exchange(asked, this);
    target.router().exchanges.add(exchange);
    boolean twice = doubles(asked.request()) && simulation.faults.strikes(0.1);
    for (int i = 0; i < (twice ? 2 : 1); i++) {
      send(() -> silent(exchange), () -> target.run(() -> target.router().visited(exchange)));
    }
  }

  /// Tells whether a request that comes twice is known the second time, whatever became of it.
  private static boolean doubles(Request request) {
    boolean kept = !(request instanceof Request.Call || request instanceof Request.Send);
    return kept && Asking.repeatable(request);
  }

  /// Sends a message, which may be lost.
  private void send(Runnable lost, Runnable taken) {
    if (simulation.faults.strikes(0.03)) {
      schedule.after(200, lost);
    } else {
      schedule.soon(4, taken);
    }
  }

  private void visited(Exchange exchange) {
    if (node.alive() && !exchange.over) {
      var asked =
          simulation.asked(
              exchange.asked.request(),
              Submission.Asker.Origin.NODE,
              reply -> {
                Mood mood = simulation.mood();
                send(
                    () -> exchange.from.silent(exchange),
                    () ->
                        exchange.from.node.run(
                            () -> exchange.from.returned(exchange, reply, mood)));
              });
      route(asked);
    }
  }

  /// Says under what circumstances an answer is given.
  ///
  /// @param unsure the outcome of a commit can't be found out
  /// @param ending the process stops
  record Mood(boolean unsure, boolean ending) {}

  private void returned(Exchange exchange, Reply reply, Mood mood) {
    if (exchange.over || !node.alive()) {
      return;
    }
    exchange.over = true;
    if (reply instanceof Reply.Refused refused && refused.problem().members().containsKey(MOVED)) {
      again(awaiting(exchange.asked, refused.problem()), Refusals.ownerless());
    } else if (accepted(exchange.asked) && isUnavailable(reply)) {
      again(exchange.asked, Refusals.ownerless());
    } else {
      simulation.mood(mood.unsure(), mood.ending());
      boolean gone = accepted(exchange.asked) && isMissing(reply);
      Reply answer = gone ? refusal(exchange.asked, Refusals.ownerless()) : reply;
      exchange.asked.asker().reply().accept(replayed(exchange.asked, answer));
      simulation.mood(false, false);
    }
  }

  private static Reply replayed(Submission.Asked asked, Reply reply) {
    boolean repeats = asked instanceof Submission.AskedInvocation of && of.replayed();
    return repeats ? Replies.replayed(reply) : reply;
  }

  private static boolean accepted(Submission.Asked asked) {
    return asked instanceof Submission.AskedInvocation of && of.accepted();
  }

  private static boolean isMissing(Reply reply) {
    return reply instanceof Reply.Refused refused
        && refused.problem().code() == ErrorCode.NOT_FOUND;
  }

  private static boolean isUnavailable(Reply reply) {
    return reply instanceof Reply.Refused refused
        && refused.problem().code() == ErrorCode.UNAVAILABLE;
  }

  /// Returns what to ask after a move: what was accepted already is not asked for again.
  private static Submission.Asked awaiting(Submission.Asked asked, Problem moved) {
    Object id = moved.members().get("awaits");
    if (id == null || asked.request() instanceof Request.Await) {
      return asked;
    }
    var await = new Request.Await(String.valueOf(id), java.time.Duration.ofDays(1));
    Since since =
        Boolean.TRUE.equals(moved.members().get("replayed")) ? Since.REPEATED : Since.ACCEPTED;
    int partition = Ids.partition(await.invocation());
    return new Submission.AskedInvocation(await, partition, asked.asker(), since);
  }

  private void silent(Exchange exchange) {
    if (exchange.over || !node.alive()) {
      return;
    }
    exchange.over = true;
    Submission.Asked asked = exchange.asked;
    if (Asking.repeatable(asked.request())) {
      again(perhaps(asked), Refusals.ownerless());
    } else {
      simulation.mood(true, false);
      asked.asker().reply().accept(new Reply.Refused(Refusals.unknown((Submission) asked)));
      simulation.mood(false, false);
    }
  }

  private void again(Submission.Asked asked, Problem otherwise) {
    long waited = schedule.time() - asked.asker().submittedNanos();
    boolean handler = asked.asker().origin() == Submission.Asker.Origin.HANDLER;
    boolean awaits = asked.request() instanceof Request.Await;
    if (handler || (waited > PATIENCE_MS && !awaits)) {
      asked.asker().reply().accept(refusal(asked, otherwise));
    } else {
      schedule.after(25, () -> node.run(() -> route(asked)));
    }
  }

  /// Returns the same request, of which nobody may be told from now on that nothing happened.
  private Submission.Asked perhaps(Submission.Asked asked) {
    return reads(asked.request())
        ? asked
        : asked.with(asked.asker().after(reply -> doubted(asked, reply)));
  }

  private Reply doubted(Submission.Asked asked, Reply reply) {
    if (!isUnavailable(reply)) {
      return reply;
    }
    simulation.mood(true, false);
    return new Reply.Refused(Refusals.unknown((Submission) asked));
  }

  private static boolean reads(Request request) {
    return request instanceof Request.Read
        || request instanceof Request.Ask
        || request instanceof Request.Await;
  }

  private static Reply refusal(Submission.Asked asked, Problem problem) {
    return asked.request() instanceof Request.Await await
        ? new Reply.Refused(Refusals.unfinished(await.invocation()), await.invocation(), false)
        : new Reply.Refused(problem);
  }

  /// Tells whoever waits for this node that it is gone.
  void crash() {
    for (Exchange exchange : exchanges) {
      schedule.soon(20, () -> exchange.from.node.run(() -> exchange.from.silent(exchange)));
    }
  }

  @Nullable String owner(int partition) {
    return owners.get(partition);
  }
}
