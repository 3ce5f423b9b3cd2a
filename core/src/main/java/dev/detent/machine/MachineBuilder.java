// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.codec.Codec;
import dev.detent.codec.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Builds a [Machine] from states and the moves that are allowed between them.
///
/// ```java
/// Machine.define("payment", Payment.class)
///     .initial(Created.class).to(Pending.class)
///     .state(Pending.class).to(Completed.class, Failed.class)
///     .build();
/// ```
///
/// The command that moves to a state has the name of the state; its input is the state's record.
/// The initial state's name is the command that creates an instance. A state from which nothing
/// leads is final.
///
/// A machine is strict unless [#arcs] says otherwise: it begins in one state, and nothing leads
/// back there.
///
/// **Threads**: one.
///
/// @param <S> the sealed interface of the states
public final class MachineBuilder<S> {
  private final String name;
  private final Class<S> root;
  private final Set<Class<?>> initials = new LinkedHashSet<>();
  private final Map<Class<?>, Set<Class<?>>> moves = new LinkedHashMap<>();
  private final Set<Class<?>> ends = new LinkedHashSet<>();
  private Codec codec = Codec.standard();
  private @Nullable Class<?> current;
  private @Nullable Duration retention;
  private final List<Validation> validations = new ArrayList<>();
  private @Nullable TableDefinition table;
  private boolean arcs;
  private boolean misplaced;

  MachineBuilder(String name, Class<S> root) {
    this.name = name;
    this.root = root;
  }

  /// Uses a codec other than the standard one for states and inputs.
  public MachineBuilder<S> codec(Codec other) {
    codec = other;
    return this;
  }

  /// Says how long answers to idempotent requests and results of sends are kept, counted from their
  /// end, if not as long as the engine keeps them otherwise.
  ///
  /// @param duration 0 to 3,650 days
  public MachineBuilder<S> retention(Duration duration) {
    retention = duration;
    return this;
  }

  /// Says that instances are rows of a table of the application's own.
  public MachineBuilder<S> table(TableDefinition definition) {
    table = definition;
    return this;
  }

  /// Makes the machine free: [#initial] may be declared for any number of states, and moves may
  /// lead to these too.
  public MachineBuilder<S> arcs() {
    arcs = true;
    return this;
  }

  /// Adds a check of moves from one state to another, which refuses by throwing an exception. It is
  /// pure, and runs when the new state is made and nothing is written.
  public <F extends S, T extends S> MachineBuilder<S> validate(
      Class<F> from, Class<T> to, BiConsumer<? super F, ? super T> check) {
    validations.add(
        new Validation(
            from.getSimpleName() + " → " + to.getSimpleName(),
            Validation.Moment.AFTER,
            Set.of(from.getSimpleName()),
            Set.of(to.getSimpleName()),
            (situation, next, connection) ->
                check.accept(held(situation.value(), from), held(value(next), to))));
    return this;
  }

  /// Adds a check of whatever enters a state, which refuses by throwing an exception. It is pure,
  /// and runs when the new state is made and nothing is written.
  public <T extends S> MachineBuilder<S> validate(Class<T> to, Consumer<? super T> check) {
    validations.add(
        new Validation(
            to.getSimpleName(),
            Validation.Moment.AFTER,
            null,
            Set.of(to.getSimpleName()),
            (situation, next, connection) -> check.accept(held(value(next), to))));
    return this;
  }

  private static @Nullable Value value(Outcome.@Nullable Move next) {
    return next == null ? null : next.value();
  }

  private <T> T held(@Nullable Value value, Class<T> type) {
    return type.cast(Objects.requireNonNull(value, type.getName()).as(type, codec));
  }

  /// Declares the initial state, and goes on with it; in a machine of [#arcs] one of several.
  public MachineBuilder<S> initial(Class<? extends S> state) {
    initials.add(state);
    return state(state);
  }

  /// Goes on with a state.
  public MachineBuilder<S> state(Class<? extends S> state) {
    current = state;
    moves.computeIfAbsent(state, none -> new LinkedHashSet<>());
    return this;
  }

  /// Allows moves from the state that was named last.
  @SafeVarargs
  public final MachineBuilder<S> to(Class<? extends S>... targets) {
    if (current == null) {
      misplaced = true;
    } else {
      Set<Class<?>> known = moves.computeIfAbsent(current, none -> new LinkedHashSet<>());
      for (Class<? extends S> target : targets) {
        known.add(target);
      }
    }
    return this;
  }

  /// Declares states as final: a move from one of them is a problem.
  @SafeVarargs
  public final MachineBuilder<S> end(Class<? extends S>... states) {
    for (Class<? extends S> state : states) {
      ends.add(state);
    }
    return this;
  }

  /// Returns the machine.
  ///
  /// @throws dev.detent.RefusedException INVALID_DEFINITION with all `problems`
  public Machine build() {
    var draft = new Draft(name, Machine.Kind.CODE, codec);
    if (!root.isInterface() || !root.isSealed()) {
      String got = root.getSimpleName() + ", " + new ReflectedType(root).word();
      draft.problems().add("states: expected a sealed interface, got " + got);
      draft.problems().throwIfAny(name);
    }
    if (retention != null) {
      draft.retention(retention);
    }
    if (table != null) {
      draft.table(table);
    }
    validations.forEach(draft::add);
    if (misplaced) {
      draft.problems().add("to: expected initial or state before it, got it first");
    }
    StateTypes types = StateTypes.of(new ReflectedType(root), draft);
    states(draft, types);
    initial(draft);
    targets().forEach((target, from) -> move(draft, target, from));
    return draft.finish();
  }

  private void states(Draft draft, StateTypes types) {
    var named = new LinkedHashSet<Class<?>>(moves.keySet());
    moves.values().forEach(named::addAll);
    named.addAll(ends);
    for (Class<?> type : named) {
      if (!type.isRecord()
          || !types.names(new ReflectedType(type)).contains(type.getSimpleName())) {
        String got = type.getSimpleName() + ", " + new ReflectedType(type).word();
        String expected = "a record of the sealed interface " + root.getSimpleName();
        draft.problems().add("state: expected " + expected + ", got " + got);
      }
    }
    draft
        .states()
        .replaceAll((state, declared) ->
            new State(state, declared.isFinal() || isEnd(declared), "", declared.type()));
  }

  private boolean isEnd(State state) {
    Class<?> type = state.type();
    return type == null || ends.contains(type) || moves.getOrDefault(type, Set.of()).isEmpty();
  }

  private void initial(Draft draft) {
    if (initials.size() > 1 && !arcs) {
      var names = initials.stream().map(Class::getSimpleName).toList();
      String got = String.join(", ", names);
      draft.problems().add("initial state: expected exactly one, got " + got);
    }
    initials.stream().findFirst().ifPresent(state -> draft.initial(state.getSimpleName()));
    initials.stream()
        .limit(arcs ? initials.size() : 1)
        .forEach(state -> {
          move(draft, state, Set.of());
        });
    if (!arcs && initials.size() == 1) {
      requireNoWayBack(draft, initials.iterator().next());
    }
  }

  private void requireNoWayBack(Draft draft, Class<?> initial) {
    moves.forEach((from, targets) -> {
      if (targets.contains(initial)) {
        String got = from.getSimpleName() + " → " + initial.getSimpleName();
        draft
            .problems()
            .add("initial state: expected no way back to it, got " + got + "; use arcs()");
      }
    });
  }

  private Map<Class<?>, Set<String>> targets() {
    var targets = new LinkedHashMap<Class<?>, Set<String>>();
    moves.forEach((from, all) ->
        all.forEach(to ->
            targets.computeIfAbsent(to, none -> new LinkedHashSet<>()).add(from.getSimpleName())));
    return targets;
  }

  private void move(Draft draft, Class<?> target, Set<String> from) {
    String command = target.getSimpleName();
    var action = new RecordAction(target, codec);
    Set<String> states = Collections.unmodifiableSet(from);
    draft.add(new Transition(command, states, Set.of(command), "", action));
  }
}
