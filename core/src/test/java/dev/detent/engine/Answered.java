// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static dev.detent.engine.Violation.unless;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.engine.Operation.Attempt;
import dev.detent.engine.Truth.Life;
import dev.detent.machine.Machine;
import dev.detent.store.EventRow;
import dev.detent.store.InvocationRow;
import dev.detent.store.InvocationRow.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/// Checks what clients are told against what is committed.
final class Answered {
  private final Truth truth;
  private final ModelStore store;
  private final Scripts scripts;
  private final Map<String, List<Attempt>> turns = new HashMap<>();

  /// Says what may be answered now.
  ///
  /// @param calm no fault is possible
  /// @param unsure the outcome of a commit can't be found out
  /// @param ending the process stops
  /// @param ordered nobody else writes, so that answers follow the order of submission
  record Weather(boolean calm, boolean unsure, boolean ending, boolean ordered) {}

  Answered(Truth truth, ModelStore store, Scripts scripts) {
    this.truth = truth;
    this.store = store;
    this.scripts = scripts;
  }

  void answered(Attempt attempt, Reply reply, Weather weather) {
    Operation operation = attempt.operation;
    unless(attempt.reply == null, "one answer to " + operation, attempt.reply + " and " + reply);
    unless(!attempt.crashed, "no answer from a crashed node", reply);
    attempt.reply = reply;
    switch (reply) {
      case Reply.Done done -> done(attempt, done);
      case Reply.Accepted accepted -> accepted(operation, accepted);
      case Reply.Found found -> seen(attempt, found.instance());
      case Reply.Answer answer -> {
        seen(attempt, answer.instance());
        unless(answer.output().asString().equals(answer.instance().state()), "its state", answer);
      }
      case Reply.Standing standing -> throw new Violation("no answer to " + operation + standing);
      case Reply.Refused refused -> refused(attempt, refused, weather);
    }
    if (weather.ordered()) {
      turn(attempt, version(reply));
    }
  }

  private void done(Attempt attempt, Reply.Done done) {
    Operation operation = attempt.operation;
    unless(operation.request instanceof Request.Call, "an answer to a call", done);
    repeated(operation, done.replayed(), done, done.id());
    EventRow event = truth.event(operation.number);
    if (event != null) {
      unless(event.version() == done.version(), "the version of " + event, done);
      unless(event.to().equals(done.state()), "the state of " + event, done);
      precondition(operation, event.version() - 1);
    } else {
      Request.Call call = (Request.Call) operation.request;
      boolean stays =
          switch (call.command()) {
            case "pay" -> done.state().equals("Paid");
            case "look" -> true;
            case "work" -> ended(done).command().equals("work");
            default -> false;
          };
      unless(stays, "an event of " + operation, done);
      if (!done.replayed()) {
        boolean implicit = done.version() == 0 && !ModelInstances.mapped(operation.key());
        within(attempt, done.version(), implicit ? null : done.state());
      }
    }
    know(operation.key(), done.version());
  }

  private static void precondition(Operation operation, long before) {
    if (operation.request instanceof Request.Call call) {
      switch (call.precondition()) {
        case Precondition.Version wanted ->
            unless(wanted.version() == before, "a move from " + wanted, before);
        case Precondition.Exists _ ->
            unless(before > 0 || ModelInstances.mapped(call.key()), "one that exists", before);
        case Precondition.None _ -> {}
      }
    }
  }

  /// Checks the answer to somebody who waits for an invocation against what is committed.
  InvocationRow ended(Reply reply) {
    String id =
        switch (reply) {
          case Reply.Done done -> done.id();
          case Reply.Refused refused -> String.valueOf(refused.id());
          default -> "";
        };
    InvocationRow row = store.invocation(id);
    unless(row != null && row.end() != null, "an invocation that has ended: " + row, reply);
    Reply kept = Replies.of(java.util.Objects.requireNonNull(row), false);
    unless(same(kept, reply), "the end as it is committed, " + kept, reply);
    return row;
  }

  private void repeated(Operation operation, boolean replayed, Reply reply, String id) {
    unless(!replayed || operation.token != null, "no replay without a token", reply);
    unless(replayed || !operation.ran, "one run of " + operation, reply);
    operation.ran |= !replayed;
    Reply first = operation.first;
    if (operation.token != null && first == null) {
      operation.first = reply;
      unless(store.invocation(id) != null, "an answer that is kept", reply);
    } else if (first != null) {
      unless(same(first, reply), "the same answer as " + first, reply);
    }
  }

  private static boolean same(Reply a, Reply b) {
    return switch (a) {
      case Reply.Done x when b instanceof Reply.Done y ->
          x.id().equals(y.id())
              && x.output().equals(y.output())
              && x.state().equals(y.state())
              && x.version() == y.version();
      case Reply.Accepted x when b instanceof Reply.Accepted y -> x.id().equals(y.id());
      case Reply.Refused x when b instanceof Reply.Refused y ->
          java.util.Objects.equals(x.id(), y.id()) && x.problem().code() == y.problem().code();
      default -> false;
    };
  }

  private void accepted(Operation operation, Reply.Accepted accepted) {
    unless(operation.request instanceof Request.Send, "an answer to a send", accepted);
    InvocationRow row = store.invocation(accepted.id());
    unless(row != null, "a send that is kept", accepted);
    repeated(operation, accepted.previously(), accepted, accepted.id());
    operation.first = accepted;
  }

  private void seen(Attempt attempt, Instance instance) {
    unless(attempt.operation.reads(), "an answer to a read", instance);
    boolean untouched = instance.version() == 0;
    if (ModelInstances.mapped(instance.key())) {
      String data = instance.value().json().text();
      unless(was(attempt, instance.version(), instance.state(), data), "what it was", instance);
      know(instance.key(), instance.version());
      return;
    }
    within(attempt, instance.version(), untouched ? null : instance.state());
    Life life = truth.life(instance.key());
    String data = life.data.get(instance.version());
    String got = instance.value().json().text();
    unless(data == null || data.equals(got), "data " + data, instance);
    if (!untouched) {
      EventRow event = life.events.get((int) instance.version() - 1);
      unless(instance.enteredAt() == event.at(), "entered at " + event.at(), instance);
    }
    know(instance.key(), instance.version());
  }

  /// Tells whether a mapped instance was that at some time since a request began, whoever wrote it.
  private boolean was(
      Attempt attempt,
      long version,
      @org.jspecify.annotations.Nullable String state,
      @org.jspecify.annotations.Nullable String data) {
    return since(attempt).stream()
        .filter(shape -> shape.version() == version)
        .filter(shape -> java.util.Objects.equals(shape.state(), state))
        .anyMatch(shape -> data == null || shape.data() == null || shape.data().equals(data));
  }

  /// Tells whether a mapped instance was not there at some time since a request began.
  private boolean missed(Attempt attempt) {
    return since(attempt).stream().anyMatch(shape -> shape.state() == null);
  }

  private List<Truth.Shape> since(Attempt attempt) {
    List<Truth.Shape> shapes = truth.life(attempt.operation.key()).shapes;
    return shapes.subList(attempt.from, shapes.size());
  }

  /// Checks that an answer shows a committed state that is not older than what was known.
  private void within(Attempt attempt, long version, @org.jspecify.annotations.Nullable String in) {
    Life life = truth.life(attempt.operation.key());
    String range = "a version from " + attempt.known + " to " + life.version();
    boolean inside = attempt.known <= version && version <= life.version();
    unless(inside, range + " for " + attempt.operation, version);
    if (ModelInstances.mapped(attempt.operation.key())) {
      boolean known = in == null || was(attempt, version, in, null);
      unless(known, "what it was since it was asked for", version + " " + in);
      return;
    }
    unless(java.util.Objects.equals(life.state(version), in), "state " + life.state(version), in);
  }

  private void refused(Attempt attempt, Reply.Refused refused, Weather weather) {
    Operation operation = attempt.operation;
    Problem problem = refused.problem();
    ErrorCode code = problem.code();
    boolean allowed =
        switch (code) {
          case NOT_FOUND -> notFound(attempt, problem);
          case VERSION_MISMATCH -> mismatch(attempt, problem);
          case TRANSITION_NOT_ALLOWED, ALREADY_EXISTS -> notAllowed(attempt, problem);
          case HANDLER_FAILED -> failed(operation, refused);
          case INTERNAL -> operation.how.equals("poison") || operation.how.equals("late");
          case CANCELLED ->
              ended(refused).run().cancelled() || ended(refused).status() != Status.COMPLETED;
          case OVERLOADED -> operation.key().machine().equals("job");
          case UNAVAILABLE -> !weather.calm();
          case OUTCOME_UNKNOWN ->
              weather.ending() || (weather.unsure() && !operation.reads()) || forgotten(refused);
          default -> false;
        };
    unless(allowed, "no such refusal of " + operation, refused);
    if (operation.refusedForCertain()) {
      EventRow event = truth.event(operation.number);
      unless(event == null, "nothing of " + operation + " after " + refused, event);
    }
  }

  /// Tells whether the end of an invocation was not kept long enough to be told.
  private boolean forgotten(Reply.Refused refused) {
    String id = refused.id();
    return id != null && store.kept(id) == null && store.invocation(id) != null;
  }

  private boolean notFound(Attempt attempt, Problem problem) {
    if ("command".equals(problem.members().get("what"))) {
      return attempt.operation.request instanceof Request.Call call
          ? !Truth.machines(call.key()).getFirst().commands().contains(call.command())
          : !(attempt.operation.request instanceof Request.Read);
    }
    if (ModelInstances.mapped(attempt.operation.key())) {
      return missed(attempt);
    }
    return attempt.known == 0 && attempt.operation.key().machine().equals("order");
  }

  private boolean mismatch(Attempt attempt, Problem problem) {
    long version = ((Number) problem.members().get("version")).longValue();
    Key key = attempt.operation.key();
    boolean gone = ModelInstances.mapped(key) && version == 0;
    if (gone) {
      boolean eventless = since(attempt).stream().anyMatch(shape -> shape.version() == 0);
      unless(eventless || missed(attempt), "no row, or no event", problem);
    } else {
      within(attempt, version, ModelInstances.mapped(key) ? null : truth.life(key).state(version));
    }
    know(attempt.operation.key(), version);
    return attempt.operation.request instanceof Request.Call call
        && switch (call.precondition()) {
          case Precondition.Version wanted -> wanted.version() != version;
          case Precondition.Exists _ -> version == 0;
          case Precondition.None _ -> false;
        };
  }

  private boolean notAllowed(Attempt attempt, Problem problem) {
    Key key = attempt.operation.key();
    Life life = truth.life(key);
    String state = String.valueOf(problem.members().get("state"));
    String implicit = attempt.known == 0 ? Truth.implicit(key) : null;
    boolean was =
        LongStream.rangeClosed(attempt.known, life.version())
            .anyMatch(version -> state.equals(life.state(version)));
    if (ModelInstances.mapped(key)) {
      was = since(attempt).stream().anyMatch(shape -> state.equals(shape.state()));
    }
    String command =
        switch (attempt.operation.request) {
          case Request.Call call -> call.command();
          case Request.Send send -> send.command();
          default -> "";
        };
    boolean forbidden =
        Truth.machines(key).stream()
            .map(machine -> transition(machine, state, command))
            .anyMatch(java.util.Objects::isNull);
    return (was || state.equals(implicit)) && forbidden;
  }

  private static @org.jspecify.annotations.Nullable Object transition(
      Machine machine, String state, String command) {
    return machine.transition(state, command);
  }

  private boolean failed(Operation operation, Reply.Refused refused) {
    if (operation.token != null) {
      repeated(operation, refused.replayed(), refused, String.valueOf(refused.id()));
    }
    boolean worked =
        operation.request instanceof Request.Call call && call.command().equals("work");
    return operation.how.equals("throw") || (worked && ended(refused).end() != null);
  }

  private void know(Key key, long version) {
    Life life = truth.life(key);
    life.known = Math.max(life.known, version);
  }

  private static long version(Reply reply) {
    return switch (reply) {
      case Reply.Done done when !done.replayed() -> done.version();
      case Reply.Found found -> found.instance().version();
      case Reply.Answer answer -> answer.instance().version();
      default -> -1;
    };
  }

  /// Checks that the instance's submissions to one life of a lane were decided in their order.
  private void turn(Attempt attempt, long version) {
    boolean overtakes =
        attempt.operation.key().machine().equals("job") && attempt.operation.reads();
    if (version < 0 || overtakes) {
      return;
    }
    List<Attempt> others =
        turns.computeIfAbsent(attempt.life + " " + attempt.operation.key(), _ -> new ArrayList<>());
    for (Attempt other : others) {
      long theirs = version(java.util.Objects.requireNonNull(other.reply));
      boolean ordered = other.turn < attempt.turn ? theirs <= version : theirs >= version;
      unless(ordered, "answers in order: " + other.operation + " " + other.reply, attempt.reply);
    }
    others.add(attempt);
  }

  /// Checks, when all is over, what became of an operation.
  void over(Operation operation) {
    EventRow event = truth.event(operation.number);
    if (operation.refusedForCertain()) {
      unless(event == null, "nothing of " + operation, event);
    }
    if (operation.request instanceof Request.Send
        && operation.first instanceof Reply.Accepted accepted) {
      InvocationRow row = store.invocation(accepted.id());
      unless(row != null, "a send that is kept", accepted);
      if (row != null) {
        unless(row.end() != null, "a send that ended", row);
        boolean moved = row.status() == InvocationRow.Status.COMPLETED && !stayed(row);
        unless(moved == (event != null), "an event if it completed: " + row, event);
      }
    }
  }

  private boolean stayed(InvocationRow row) {
    InvocationRow.End end = row.end();
    if (row.command().equals("work") || row.command().equals("look")) {
      return row.command().equals("look") || scripts.of(row).finish() == Script.Finish.STAY;
    }
    return end != null && String.valueOf(end.output()).startsWith("\"is paid by");
  }
}
