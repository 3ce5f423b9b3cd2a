// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.engine.Submission.AskedInvocation.Since;
import dev.detent.store.Membership;
import dev.detent.store.NodeRow;
import dev.detent.store.PartitionRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Brings requests to their owner as [Router] does, over a network that loses and doubles messages.
final class SimulatedRouter implements Way {
  private static final long PATIENCE_MS = 600;

  private final Simulation simulation;
  private final Schedule schedule;
  private final SimulatedNode node;
  private final List<Passage> passages;
  private final Map<SimulatedRouter, Set<Integer>> refused = new HashMap<>();
  private final List<Exchange> exchanges = new ArrayList<>();
  private final List<Clearing> clearings = new ArrayList<>();

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
    this.passages =
        IntStream.range(0, ModelStore.PARTITIONS)
            .mapToObj(partition -> new Passage(partition, PATIENCE_MS, this))
            .toList();
  }

  Passage passage(int partition) {
    return passages.get(partition);
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
      boolean away = owner != null && !owner.equals(node.id()) && alive.contains(owner);
      passage(row.partition()).learn(away ? owner : null);
    }
  }

  /// Takes a request back from a lane that does not own its partition.
  void astray(Submission.Asked asked) {
    passage(asked).astray(asked);
  }

  private Passage passage(Submission.Asked asked) {
    return passage(
        switch (asked) {
          case Submission.AskedInstance of -> of.key().partition(ModelStore.PARTITIONS);
          case Submission.AskedInvocation of -> of.partition();
        });
  }

  void route(Submission.Asked asked) {
    if (node.alive()) {
      passage(asked).enter(asked);
    }
  }

  @Override
  public void submit(Passage to, Submission.Asked asked) {
    node.lane(to.partition()).submit(asked);
  }

  @Override
  public void clearLane(Passage of, long round) {
    barrier(of.partition(), kept -> of.laneCleared(round, kept));
  }

  private void barrier(int partition, Consumer<Boolean> reached) {
    node.lane(partition).post(new Submission.Barrier(partition, false, reached));
  }

  @Override
  public void clear(Passage of, String owner, long round) {
    SimulatedNode target = simulation.node(owner);
    if (target == null || !target.alive()) {
      of.cleared(round, Passage.Cleared.FAILED);
      return;
    }
    schedule.trace(() -> node + " clears " + owner + " of " + of.partition());
    var clearing = new Clearing(of, this, round);
    target.router().clearings.add(clearing);
    send(clearing::failed, () -> target.run(() -> target.router().clear(clearing)));
  }

  /// Tells another node when nothing can come back any more.
  private void clear(Clearing clearing) {
    int partition = clearing.of.partition();
    refused(clearing.from).remove(partition);
    barrier(
        partition,
        kept -> {
          var how = kept ? Passage.Cleared.KEPT : Passage.Cleared.GONE;
          send(clearing::failed, () -> clearing.end(how));
        });
  }

  /// Holds a wish to clear that is on its way to another node, until it is answered.
  private static final class Clearing {
    final Passage of;
    final SimulatedRouter from;
    final long round;
    boolean over;

    Clearing(Passage of, SimulatedRouter from, long round) {
      this.of = of;
      this.from = from;
      this.round = round;
    }

    void failed() {
      end(Passage.Cleared.FAILED);
    }

    void end(Passage.Cleared how) {
      from.node.run(() -> {
        if (!over) {
          over = true;
          from.schedule.trace(() -> from.node + " has cleared " + of.partition() + ": " + how);
          of.cleared(round, how);
        }
      });
    }
  }

  private Set<Integer> refused(SimulatedRouter from) {
    return refused.computeIfAbsent(from, _ -> new HashSet<>());
  }

  @Override
  public void sendBack(Submission.Asked asked) {
    asked.asker().reply().accept(Forwarding.moved(asked));
  }

  @Override
  public void refuse(Submission.Asked asked, @Nullable Problem why) {
    schedule.trace(() -> node + " can't bring " + asked.request());
    asked
        .asker()
        .reply()
        .accept(Forwarding.refusal(asked, why == null ? Refusals.ownerless() : why));
  }

  @Override
  public void later(Passage of) {
    schedule.after(25, () -> node.run(() -> of.due(schedule.time())));
  }

  @Override
  public void forward(Passage from, Submission.Asked asked, String owner) {
    SimulatedNode target = simulation.node(owner);
    if (target == null || !target.alive()) {
      from.returned(asked, Refusals.ownerless());
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
                if (Forwarding.isMoved(reply)) {
                  refused(exchange.from).add(passage(exchange.asked).partition());
                }
                Mood mood = simulation.mood();
                send(
                    () -> exchange.from.silent(exchange),
                    () ->
                        exchange.from.node.run(
                            () -> exchange.from.returned(exchange, reply, mood)));
              });
      passage(asked).visit(asked, refused(exchange.from));
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
    Passage passage = passage(exchange.asked);
    if (reply instanceof Reply.Refused refused && Forwarding.isMoved(reply)) {
      passage.returned(awaiting(exchange.asked, refused.problem()), null);
    } else if (accepted(exchange.asked) && isUnavailable(reply)) {
      passage.returned(exchange.asked, null);
    } else {
      passage.ended();
      simulation.mood(mood.unsure(), mood.ending());
      boolean gone = accepted(exchange.asked) && isMissing(reply);
      Reply answer = gone ? Forwarding.refusal(exchange.asked, Refusals.ownerless()) : reply;
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
      passage(asked).returned(perhaps(asked), null);
    } else {
      passage(asked).ended();
      simulation.mood(true, false);
      asked.asker().reply().accept(new Reply.Refused(Refusals.unknown((Submission) asked)));
      simulation.mood(false, false);
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

  /// Tells whoever waits for this node that it is gone.
  void crash() {
    for (Exchange exchange : exchanges) {
      schedule.soon(20, () -> exchange.from.node.run(() -> exchange.from.silent(exchange)));
    }
    clearings.forEach(clearing -> schedule.soon(20, clearing::failed));
  }
}
