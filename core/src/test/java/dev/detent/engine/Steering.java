// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static dev.detent.engine.Violation.unless;

import dev.detent.ErrorCode;
import dev.detent.codec.Json;
import dev.detent.engine.SimulatedRouter.Mood;
import dev.detent.store.InvocationRow;
import dev.detent.store.InvocationRow.Status;
import dev.detent.store.StepRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Asks things of invocations, as people and programs outside do, and checks the answers.
final class Steering {
  private final Simulation simulation;
  private final Schedule schedule;
  private final ModelStore store;
  private final Ledger ledger;
  private final List<Wish> wishes = new ArrayList<>();
  private final TreeSet<String> promises = new TreeSet<>();
  private final Set<String> answered = new HashSet<>();
  private long numbers;

  /// Holds what was asked, and the answer.
  static final class Wish {
    final Request.OfInvocation request;
    final @Nullable InvocationRow before;
    @Nullable SimulatedNode node;
    @Nullable Reply reply;

    Wish(Request.OfInvocation request, @Nullable InvocationRow before) {
      this.request = request;
      this.before = before;
    }
  }

  Steering(Simulation simulation) {
    this.simulation = simulation;
    this.schedule = simulation.schedule;
    this.store = simulation.store;
    this.ledger = simulation.ledger;
  }

  /// Asks something of some invocation.
  void steer() {
    List<InvocationRow> rows = store.invocations().stream().filter(this::interesting).toList();
    if (rows.isEmpty()) {
      return;
    }
    InvocationRow row = rows.get(schedule.random.nextInt(rows.size()));
    double kind = schedule.random.nextDouble();
    if (kind < 0.3) {
      complete();
    } else if (kind < 0.45) {
      signal(row, "s" + schedule.random.nextInt(2));
    } else if (kind < 0.65) {
      ask(new Request.Await(row.id(), Duration.ofMillis(schedule.random.nextInt(2_000))));
    } else {
      ask(new Request.Control(row.id(), action()));
    }
  }

  private boolean interesting(InvocationRow row) {
    return row.status().open() || row.status() == Status.SCHEDULED || schedule.chance(0.1);
  }

  private Request.Action action() {
    Request.Action[] all = Request.Action.values();
    return all[schedule.random.nextInt(all.length)];
  }

  void signal(InvocationRow row, String name) {
    Json value = Json.trusted("\"signal " + ++numbers + "\"");
    ask(new Request.Signal(row.id(), name, value));
  }

  private void complete() {
    store.steps().stream()
        .filter(step -> step.kind() == StepRow.Kind.AWAKEABLE && step.name().isEmpty())
        .map(step -> Ids.place(step.invocation(), step.life(), step.position()))
        .forEach(promises::add);
    if (!promises.isEmpty()) {
      List<String> all = List.copyOf(promises);
      complete(all.get(schedule.random.nextInt(all.size())));
    }
  }

  void complete(String awakeable) {
    Json value = Json.trusted("\"answer " + ++numbers + "\"");
    String rejection = schedule.chance(0.2) ? "no, says " + numbers : null;
    int times = schedule.chance(0.2) ? 2 : 1;
    for (int i = 0; i < times; i++) {
      ask(new Request.Complete(awakeable, value, rejection));
    }
  }

  void ask(Request.OfInvocation request) {
    var wish = new Wish(request, store.invocation(request.invocation()));
    SimulatedNode node = simulation.someNode();
    if (node == null) {
      return;
    }
    wish.node = node;
    wishes.add(wish);
    schedule.trace(() -> node + " is asked " + request);
    node.router()
        .route(
            simulation.asked(
                request, Submission.Asker.Origin.CLIENT, reply -> answered(wish, reply)));
  }

  private void answered(Wish wish, Reply reply) {
    schedule.trace(() -> "answered " + wish.request + ": " + reply);
    unless(wish.reply == null, "one answer to " + wish.request, wish.reply + " and " + reply);
    wish.reply = reply;
    Mood mood = simulation.mood();
    switch (reply) {
      case Reply.Refused refused when refused.id() == null -> refused(wish, refused, mood);
      case Reply.Refused refused when outcomeUnknown(refused) -> refused(wish, refused, mood);
      case Reply.Standing standing -> standing(wish, standing);
      default -> {
        unless(wish.request instanceof Request.Await, "an answer to " + wish.request, reply);
        simulation.ended(reply);
      }
    }
  }

  private static boolean outcomeUnknown(Reply.Refused refused) {
    return refused.problem().code() == ErrorCode.OUTCOME_UNKNOWN;
  }

  private void refused(Wish wish, Reply.Refused refused, Mood mood) {
    ErrorCode code = refused.problem().code();
    boolean allowed =
        switch (code) {
          case NOT_FOUND ->
              store.kept(wish.request.invocation()) == null
                  || (wish.request instanceof Request.Complete complete && !waits(complete));
          case UNAVAILABLE -> !simulation.calm();
          case OVERLOADED -> wish.request instanceof Request.Signal;
          case OUTCOME_UNKNOWN -> mood.unsure() || mood.ending() || !simulation.calm();
          default -> false;
        };
    unless(allowed, "no such refusal of " + wish.request + " of " + wish.before, refused);
  }

  /// Tells whether an awakeable waits for an answer.
  private boolean waits(Request.Complete complete) {
    String place = complete.awakeable();
    InvocationRow row = store.invocation(complete.invocation());
    StepRow step = store.entry(complete.invocation(), Ids.lifeOf(place), Ids.positionOf(place));
    return row != null
        && row.status().open()
        && step != null
        && step.status() == StepRow.Status.PENDING
        && promises.contains(place);
  }

  private void standing(Wish wish, Reply.Standing standing) {
    InvocationRow row = store.invocation(standing.id());
    unless(row != null, "an invocation that is kept", standing);
    if (row == null) {
      return;
    }
    InvocationRow before = wish.before;
    int life = before == null ? 0 : before.run().life();
    boolean over = row.end() != null || row.run().life() > life; // then nothing is left of it
    switch (wish.request) {
      case Request.Complete complete when standing.changed() -> {
        unless(answered.add(complete.awakeable()), "one answer", complete);
        String how = complete.rejection() == null ? complete.value().text() + " null" : null;
        boolean good = how == null || ledger.answered(complete.awakeable(), how);
        unless(good || over, "this answer", complete);
      }
      case Request.Signal signal when standing.changed() ->
          unless(over || ledger.signalled(signal.value().text()), "a signal that came", signal);
      case Request.Await _ -> {
        boolean known = before == null || before.end() == null;
        unless(known && !standing.changed(), "the end of " + before, standing);
      }
      case Request.Control control -> controlled(wish, control, row, standing);
      default -> {}
    }
  }

  private void controlled(
      Wish wish, Request.Control control, InvocationRow row, Reply.Standing standing) {
    InvocationRow before = wish.before;
    boolean over = before != null && before.end() != null;
    unless(!over || !standing.changed(), "no change of what has ended, " + before, standing);
    if (standing.changed()) {
      switch (control.action()) {
        case KILL -> unless(row.status() == Status.KILLED, "a killed one", row);
        case CANCEL -> {
          boolean known = row.run().cancelled() || row.end() != null || row.run().life() > 0;
          unless(known, "a cancelled one", row);
        }
        case RESTART -> unless(row.run().life() > 0, "another life", row);
        case PAUSE, RESUME -> {}
      }
    } else if (control.action() == Request.Action.KILL) {
      unless(row.end() != null, "one that has ended", row);
    }
  }

  /// Takes note that a node is gone.
  void crashed(SimulatedNode node) {
    wishes.removeIf(wish -> wish.reply == null && wish.node == node);
  }

  /// Returns what was never answered.
  List<Request> unanswered() {
    return wishes.stream()
        .filter(wish -> wish.reply == null)
        .map(wish -> (Request) wish.request)
        .toList();
  }
}
