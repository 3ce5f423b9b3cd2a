// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.codec.Value;
import dev.detent.machine.Action;
import dev.detent.machine.Implicit;
import dev.detent.machine.Machine;
import dev.detent.machine.Outcome;
import dev.detent.machine.Query;
import dev.detent.machine.Situation;
import dev.detent.machine.Timeout;
import dev.detent.machine.Transition;
import dev.detent.store.InvocationRow;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Decides what a command, a timer or a query does to an instance: a pure function.
///
/// **Guarantees**: no IO, no clock, no memory of its own. The same arguments give the same
/// decision, as long as the user's actions are pure. A state changes only along a declared
/// transition.
final class Kernel {
  private Kernel() {}

  /// Decides a command.
  ///
  /// The order of the checks is part of the contract: unknown command, input that no state of a
  /// JSON machine takes, missing instance; then the version, then whether the state allows it.
  ///
  /// @param machine the definition
  /// @param stored the instance, or null if it is not stored
  /// @param command what is wished
  /// @param now the time of the decision, in milliseconds since 1970 UTC
  static Decision command(Machine machine, @Nullable Instance stored, Wish command, long now) {
    Problem hopeless = hopeless(machine, command);
    if (hopeless != null) {
      return refuse(hopeless);
    }
    Instance current = present(machine, stored, command.key());
    Transition transition =
        machine.transition(current == null ? null : current.state(), command.name());
    if (current == null && transition == null) {
      return refuse(noInstance(machine, command.key()));
    }
    Problem stale = unmet(machine, command, current);
    if (stale != null) {
      return refuse(stale);
    }
    if (transition == null) {
      return refuse(notAllowed(machine, current, command));
    }
    Problem given = current == null ? MappedKeys.uncreatable(machine, command.key()) : null;
    if (given != null) {
      return refuse(given);
    }
    var before = new Before(command.key(), current, stored, now);
    return transition.durable()
        ? begin(machine, before, transition, command.input())
        : act(machine, before, transition, command.input());
  }

  /// Begins a handler, unless its input does not fit: that is known before anything is written.
  private static Decision begin(Machine machine, Before before, Transition transition, Json input) {
    try {
      machine.validations().before(before.situation(input));
      transition.action().check(before.situation(input));
      return new Decision.Begin(transition, before.current());
    } catch (DetentException e) {
      return refuse(e.problem().at(before.key()));
    } catch (Throwable e) {
      return refuse(failed(before.key(), e)); // the user's record may have thrown anything
    }
  }

  /// Decides what a durable handler did that has returned.
  ///
  /// @param machine the definition
  /// @param stored the instance, or null if it is not stored
  /// @param ran the invocation that has returned
  /// @param outcome what it returned
  /// @param now the time of the decision, in milliseconds since 1970 UTC
  static Decision finish(
      Machine machine, @Nullable Instance stored, InvocationRow ran, Outcome outcome, long now) {
    Instance current = present(machine, stored, ran.key());
    Transition transition = durable(machine, current, ran);
    if (transition == null) {
      return refuse(gone(ran));
    }
    var before = new Before(ran.key(), current, stored, now);
    return apply(machine, before, transition, outcome);
  }

  /// Returns how a durable handler begins, for a command that was begun before, or null if the
  /// definition has no such handler any more.
  static Decision.@Nullable Begin begin(
      Machine machine, @Nullable Instance stored, InvocationRow row) {
    Instance current = present(machine, stored, row.key());
    Transition transition = durable(machine, current, row);
    return transition == null ? null : new Decision.Begin(transition, current);
  }

  private static @Nullable Transition durable(
      Machine machine, @Nullable Instance current, InvocationRow row) {
    Transition transition;
    if (row.kind().equals(Origin.AFTER)) {
      Timeout timeout = current == null ? null : machine.timeout(current.state(), row.command());
      transition = timeout == null ? null : timeout.transition();
    } else {
      transition = machine.transition(current == null ? null : current.state(), row.command());
    }
    return transition != null && transition.durable() ? transition : null;
  }

  /// Says that the code of a running handler is gone.
  static Problem gone(InvocationRow row) {
    return Problem.of(
            ErrorCode.INTERNAL,
            row.key()
                + ": expected a durable handler for "
                + row.command()
                + " in the state in which it began, got none; bring the code back and resume "
                + row.id())
        .at(row.key());
  }

  /// Returns what is wrong with a command whatever the instance's state, so that a send of it can
  /// be refused at once, or null if nothing is.
  static @Nullable Problem hopeless(Machine machine, Wish command) {
    if (!machine.commands().contains(command.name())) {
      return noCommand(machine, command);
    }
    Problem noKey = MappedKeys.misfit(machine, command.key());
    return noKey != null ? noKey : misfit(machine, command);
  }

  /// Decides a timer whose time has come.
  ///
  /// @param machine the definition
  /// @param stored the instance, or null if it is not stored
  /// @param version the version at which the timer was started
  /// @param name the timeout's name
  /// @param now the time of the decision, in milliseconds since 1970 UTC
  static Decision timer(
      Machine machine, @Nullable Instance stored, long version, String name, long now) {
    if (stored == null || stored.version() != version) {
      return new Decision.Forget();
    }
    Timeout timeout = machine.timeout(stored.state(), name);
    if (timeout == null) {
      return new Decision.Forget();
    }
    if (timeout.transition().durable()) {
      return new Decision.Begin(timeout.transition(), stored);
    }
    return act(
        machine, new Before(stored.key(), stored, stored, now), timeout.transition(), Json.NULL);
  }

  /// Shows an instance.
  ///
  /// @param machine the definition
  /// @param stored the instance, or null if it is not stored
  /// @param key the instance's name
  static Decision read(Machine machine, @Nullable Instance stored, Key key) {
    Instance current = present(machine, stored, key);
    return current == null ? refuse(noInstance(machine, key)) : new Decision.Show(current);
  }

  /// Answers a query.
  ///
  /// @param machine the definition
  /// @param stored the instance, or null if it is not stored
  /// @param key the instance's name
  /// @param name the query's name
  /// @param now the time of the decision, in milliseconds since 1970 UTC
  static Decision query(
      Machine machine, @Nullable Instance stored, Key key, String name, long now) {
    Query query = machine.queries().get(name);
    if (query == null) {
      return refuse(
          missing("command", "query " + name + " of machine " + machine.name())
              .with("machine", machine.name()));
    }
    Instance current = present(machine, stored, key);
    if (current == null) {
      return refuse(noInstance(machine, key));
    }
    if (!query.from().contains(current.state())) {
      return refuse(notAllowed(machine, current, new Wish(key, name, Json.NULL)));
    }
    try {
      Situation situation = new Before(key, current, stored, now).situation(Json.NULL);
      return new Decision.Stay(current, query.function().apply(situation));
    } catch (DetentException e) {
      return refuse(e.problem().at(key));
    } catch (Throwable e) {
      return refuse(failed(key, e));
    }
  }

  /// Decides a move whose new state the caller brings: the transition's code does not run.
  ///
  /// @param machine the definition
  /// @param stored the instance, or null if it is not stored
  /// @param step the move
  /// @param now the time of the decision, in milliseconds since 1970 UTC
  static Decision enter(Machine machine, @Nullable Instance stored, Entering.Step step, long now) {
    Instance current = present(machine, stored, step.wish().key());
    var before = new Before(step.wish().key(), current, stored, now);
    try {
      machine.validations().before(before.situation(step.wish().input()));
    } catch (DetentException e) {
      return refuse(e.problem().at(before.key()));
    } catch (Throwable e) {
      return refuse(failed(before.key(), e));
    }
    return apply(machine, before, step.along(), step.move());
  }

  /// Holds what an action starts from: the instance as it shows, and as it is stored, which also
  /// one that was deleted is.
  private record Before(Key key, @Nullable Instance current, @Nullable Instance stored, long now) {
    Situation situation(Json input) {
      Instant at = Instant.ofEpochMilli(now);
      return current == null
          ? new Situation(key, null, null, input, at)
          : new Situation(key, current.state(), current.value(), input, at);
    }
  }

  private static Decision act(Machine machine, Before before, Transition transition, Json input) {
    Outcome outcome;
    try {
      Situation situation = before.situation(input);
      machine.validations().before(situation);
      outcome = run(transition.action(), situation);
    } catch (DetentException e) {
      return refuse(e.problem().at(before.key()));
    } catch (Throwable e) {
      // Whatever the user's code throws, a lane must live on.
      return refuse(failed(before.key(), e));
    }
    return apply(machine, before, transition, outcome);
  }

  private static Decision apply(
      Machine machine, Before before, Transition transition, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Stay stay -> stay(machine, before, stay);
      case Outcome.Deleted deleted ->
          enter(machine, before, new Goal(Instance.DELETED, Value.EMPTY, deleted.reply(), false));
      case Outcome.Forced forced when machine.isState(forced.state()) ->
          enter(machine, before, Goal.of(forced.state(), forced.value(), forced.reply(), true));
      case Outcome.Move move when leads(machine, transition, move.state()) ->
          moved(machine, before, move);
      case Outcome.Forced forced -> refuse(undeclared(machine, before, transition, forced.state()));
      case Outcome.Move move -> refuse(undeclared(machine, before, transition, move.state()));
    };
  }

  private static Decision moved(Machine machine, Before before, Outcome.Move move) {
    Problem unfit = unfit(machine, before, move);
    return unfit == null
        ? enter(machine, before, Goal.of(move.state(), move.value(), move.reply(), false))
        : refuse(unfit);
  }

  private static boolean leads(Machine machine, Transition transition, String state) {
    return machine.open() ? machine.isState(state) : transition.to().contains(state);
  }

  /// Says where a move ends.
  private record Goal(String state, Value value, Json reply, boolean forced) {
    static Goal of(String state, Value value, @Nullable Json reply, boolean forced) {
      return new Goal(state, value, reply != null ? reply : value.json(), forced);
    }
  }

  private static Outcome run(Action action, Situation situation) {
    return action.apply(situation);
  }

  private static Decision stay(Machine machine, Before before, Outcome.Stay stay) {
    Instance current = before.current();
    if (current == null) {
      return refuse(noInstance(machine, before.key()));
    }
    Json reply = stay.reply();
    return new Decision.Stay(current, reply != null ? reply : current.value().json());
  }

  private static Decision enter(Machine machine, Before before, Goal goal) {
    Instance current = before.current();
    Instance last = before.stored();
    List<Timeout> timeouts = machine.timeouts(goal.state());
    long now = before.now();
    Instance next =
        new Instance(
            before.key(),
            goal.state(),
            goal.value(),
            last == null ? 1 : last.version() + 1,
            machine.hash(),
            last == null || last.createdAt() == 0 ? now : last.createdAt(),
            now,
            now,
            timeouts.size());
    String from = current == null ? null : current.state();
    return new Decision.Move(next, from, goal.reply(), timeouts, goal.forced());
  }

  /// Returns why the table or a check of the machine's refuses a move, or null.
  private static @Nullable Problem unfit(Machine machine, Before before, Outcome.Move move) {
    try {
      machine.requireFits(move.state(), move.value());
      machine.validations().after(before.situation(Json.NULL), move);
      return null;
    } catch (DetentException e) {
      return e.problem().at(before.key());
    } catch (Throwable e) {
      return failed(before.key(), e);
    }
  }

  /// Returns the instance as it shows: what was deleted is as if it had never been.
  static @Nullable Instance present(Machine machine, @Nullable Instance stored, Key key) {
    return stored == null || stored.deleted() ? untouched(machine, key) : stored;
  }

  static @Nullable Instance untouched(Machine machine, Key key) {
    Implicit implicit = machine.implicit();
    return implicit == null
        ? null
        : new Instance(key, implicit.state(), implicit.value(), 0, machine.hash(), 0, 0, 0, 0);
  }

  static @Nullable Problem unmet(Machine machine, Wish command, @Nullable Instance current) {
    long version = current == null ? 0 : current.version();
    return switch (command.precondition()) {
      case Precondition.None _ -> null;
      case Precondition.Exists _ ->
          version > 0 || MappedKeys.exists(machine, current)
              ? null
              : mismatch(command.key(), "an instance that exists", version);
      case Precondition.Version wanted ->
          version == wanted.version()
              ? null
              : mismatch(command.key(), "version " + wanted.version(), version);
    };
  }

  private static Decision refuse(Problem problem) {
    return new Decision.Refuse(problem);
  }

  private static Problem mismatch(Key key, String expected, long version) {
    return Problem.of(
            ErrorCode.VERSION_MISMATCH,
            key + ": expected " + expected + ", got version " + version + "; read it again")
        .at(key)
        .with("version", version);
  }

  private static @Nullable Problem misfit(Machine machine, Wish command) {
    Json input = command.input();
    if (machine.kind() != Machine.Kind.JSON || input.isNull() || input.isObject()) {
      return null;
    }
    String text = input.text();
    String got = text.length() <= 80 ? text : text.substring(0, 77) + "...";
    return Problem.of(ErrorCode.INVALID_INPUT, "input: expected an object or nothing, got " + got)
        .with("path", "")
        .at(command.key());
  }

  private static Problem noCommand(Machine machine, Wish command) {
    return missing("command", "command " + command.name() + " of machine " + machine.name())
        .with("machine", machine.name())
        .with("command", command.name());
  }

  static Problem noInstance(Machine machine, Key key) {
    return new Problem(
            ErrorCode.NOT_FOUND,
            key + ": no such instance; " + MappedKeys.creation(machine, key),
            java.util.Map.of())
        .with("what", "instance")
        .at(key);
  }

  private static Problem missing(String what, String which) {
    return Problem.of(ErrorCode.NOT_FOUND, "there is no " + which + "; see /api/machines")
        .with("what", what);
  }

  static Problem notAllowed(Machine machine, @Nullable Instance current, Wish command) {
    String state = current == null ? "" : current.state();
    List<String> allowed = machine.allowed(current == null ? null : state);
    boolean exists = current != null && machine.transition(null, command.name()) != null;
    String options = allowed.isEmpty() ? "nothing" : String.join(", ", allowed);
    return Problem.of(
            exists ? ErrorCode.ALREADY_EXISTS : ErrorCode.TRANSITION_NOT_ALLOWED,
            command.key()
                + ": command "
                + command.name()
                + (exists ? " would create it, but it exists" : " is not allowed")
                + " in state "
                + state
                + "; allowed: "
                + options)
        .at(command.key())
        .with("state", state)
        .with("allowed", allowed);
  }

  private static Problem failed(Key key, Throwable e) {
    String message = e.getMessage();
    return Problem.of(
            ErrorCode.HANDLER_FAILED,
            key
                + ": the transition's code failed: "
                + (message == null ? e.getClass().getSimpleName() : message)
                + "; the state is unchanged")
        .at(key);
  }

  private static Problem undeclared(
      Machine machine, Before before, Transition transition, String state) {
    return Problem.of(
            ErrorCode.INTERNAL,
            before.key()
                + ": expected one of the declared targets "
                + transition.to()
                + " of machine "
                + machine.name()
                + ", got "
                + state
                + "; declare it")
        .at(before.key());
  }
}
