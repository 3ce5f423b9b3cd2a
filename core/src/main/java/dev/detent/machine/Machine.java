// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.Names;
import dev.detent.codec.Codec;
import dev.detent.codec.Json;
import dev.detent.codec.Value;
import dev.detent.store.MappedTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Defines a kind of entity: the states it can be in and the transitions between them.
///
/// However it was written (annotated class, code, JSON), a definition is this one value; engine,
/// doors, diagrams and checks know only this.
///
/// **Guarantees**: a machine that exists is sound: every problem of a definition is reported, all
/// at once, instead of making it.
///
/// **Threads**: immutable. The actions inside may be called by any thread, and are pure but for
/// those of durable transitions.
///
/// **Limits**: 1 to 1,000 states, at most 10,000 transitions.
public final class Machine {
  /// Says where a definition came from.
  public enum Kind {
    /// An annotated class.
    JAVA,
    /// Code: [Machine#define(String, Class)].
    CODE,
    /// JSON.
    JSON,
    /// Part of the server.
    BUILT_IN;

    /// Returns the word for it outside: `java`, `code`, `json`, `built-in`.
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private static final int HASH_DIGITS = 16;

  private final String name;
  private final Kind kind;
  private final Codec codec;
  private final Map<String, State> states;
  private final String initial;
  private final @Nullable Implicit implicit;
  private final List<Transition> transitions;
  private final Map<String, Query> queries;
  private final List<String> warnings;
  private final Json definition;
  private final String hash;
  private final Set<String> commands;
  private final @Nullable Duration retention;
  private final @Nullable MappedTable table;
  private final Validations validations;
  private final Edges creating;
  private final Map<String, Edges> leaving;
  private final @Nullable Edges anywhere;

  /// Holds what leads out of one state, or out of nowhere.
  private record Edges(
      Map<String, Transition> byCommand, List<String> allowed, List<Timeout> timeouts) {
    static Edges none() {
      return new Edges(new LinkedHashMap<>(), List.of(), new ArrayList<>());
    }

    Edges frozen() {
      return new Edges(
          new HashMap<>(byCommand), List.copyOf(byCommand.keySet()), List.copyOf(timeouts));
    }
  }

  Machine(Draft draft, String initial, List<String> warnings) {
    this.name = draft.name();
    this.kind = draft.kind();
    this.codec = draft.codec();
    this.states = Collections.unmodifiableMap(new LinkedHashMap<>(draft.states()));
    this.initial = initial;
    this.implicit = draft.implicit();
    this.queries = Collections.unmodifiableMap(new LinkedHashMap<>(draft.queries()));
    this.warnings = List.copyOf(warnings);
    this.retention = draft.retention();
    this.table = draft.table();
    this.validations = new Validations(draft.validations());
    var all = new ArrayList<>(draft.transitions());
    all.addAll(draft.anywhere());
    draft.timeouts().stream().map(Timeout::transition).distinct().forEach(all::add);
    this.transitions = List.copyOf(all);
    var named = new LinkedHashSet<String>();
    var from = new LinkedHashMap<String, Edges>();
    states.keySet().forEach(state -> from.put(state, Edges.none()));
    Edges fresh = Edges.none();
    for (Transition transition : draft.transitions()) {
      String command = String.valueOf(transition.command());
      named.add(command);
      if (transition.from().isEmpty()) {
        fresh.byCommand.put(command, transition);
      }
      transition.from().forEach(state -> edges(from, state).byCommand.put(command, transition));
    }
    draft.timeouts().forEach(timeout -> edges(from, timeout.state()).timeouts.add(timeout));
    Edges open = Edges.none();
    for (Transition transition : draft.anywhere()) {
      named.add(String.valueOf(transition.command()));
      open.byCommand.put(String.valueOf(transition.command()), transition);
    }
    this.anywhere = open.byCommand.isEmpty() ? null : open.frozen();
    from.replaceAll((state, edges) -> edges.frozen());
    this.commands = Collections.unmodifiableSet(named);
    this.creating = fresh.frozen();
    this.leaving = new HashMap<>(from);
    Json given = draft.definition();
    this.definition = given == null ? new DefinitionWriter(this).write() : given;
    this.hash = definition.fingerprint().substring(0, HASH_DIGITS);
  }

  private static Edges edges(Map<String, Edges> from, String state) {
    return from.computeIfAbsent(state, unknown -> Edges.none());
  }

  /// Reads a definition off an object of a class that is marked with
  /// [StateMachine][dev.detent.annotation.StateMachine].
  ///
  /// @throws dev.detent.RefusedException INVALID_DEFINITION with all `problems`
  public static Machine of(Object annotated) {
    return of(annotated, Codec.standard());
  }

  /// Reads a definition off an object of an annotated class.
  ///
  /// @param annotated the object; its methods will be called by several threads
  /// @param codec encodes and decodes states, inputs and answers
  /// @throws dev.detent.RefusedException INVALID_DEFINITION with all `problems`
  public static Machine of(Object annotated, Codec codec) {
    return AnnotatedClass.of(annotated, codec);
  }

  /// Reads a definition off an annotated class that can't be run yet, since it is being compiled.
  ///
  /// The machine that comes out is the one that [#of(Object)] will give, but for its code and the
  /// content of its initial state: it can be looked at and drawn, not run.
  ///
  /// @param view the class
  /// @return the machine with what is doubtful about it, or all that is wrong
  public static Reading read(ClassView view) {
    return AnnotatedClass.of(view);
  }

  /// Begins a definition in code: states and the moves that are allowed between them.
  ///
  /// @param <S> the sealed interface of the states
  /// @param name the machine's name
  /// @param states the sealed interface whose records are the states
  public static <S> MachineBuilder<S> define(String name, Class<S> states) {
    return new MachineBuilder<>(name, states);
  }

  /// Reads a definition from JSON: the part of XState's machine configuration that has `id`,
  /// `initial`, `states` and in a state `on`, `after`, `type: "final"`, `description`, `meta`.
  ///
  /// The instances of such a machine hold the inputs of their transitions, shallowly merged.
  ///
  /// @param name the machine's name, or null to take it from `id`
  /// @param json the definition
  /// @throws dev.detent.RefusedException INVALID_DEFINITION with all `problems`
  public static Machine parse(@Nullable String name, Json json) {
    return new JsonDefinition(name, json).read();
  }

  /// Reads a definition from JSON in UTF-8.
  ///
  /// @param name the machine's name, or null to take it from `id`
  /// @param utf8 the definition
  /// @throws dev.detent.RefusedException INVALID_DEFINITION with all `problems`, also if it is not
  ///   JSON at all
  public static Machine parse(@Nullable String name, byte[] utf8) {
    return parse(name, JsonDefinition.json(name, utf8));
  }

  /// Returns the name: `[A-Za-z][A-Za-z0-9_.-]{0,63}`, not reserved.
  public String name() {
    return name;
  }

  /// Returns where the definition came from.
  public Kind kind() {
    return kind;
  }

  /// Returns what encodes and decodes the values of this machine.
  public Codec codec() {
    return codec;
  }

  /// Returns the states by name, in the order of declaration.
  public Map<String, State> states() {
    return states;
  }

  /// Returns the state in which a new instance begins.
  public String initial() {
    return initial;
  }

  /// Returns what every key is before its first event, or null if instances must be created.
  public @Nullable Implicit implicit() {
    return implicit;
  }

  /// Returns the names of all commands, in the order of declaration, creating ones included.
  public Set<String> commands() {
    return commands;
  }

  /// Returns all transitions: by command, creating, and by timeout.
  public List<Transition> transitions() {
    return transitions;
  }

  /// Returns the transition that a command makes from a state, or null if it is not allowed there.
  /// Allocates nothing.
  ///
  /// @param state a state of this machine, or null for an instance that does not exist
  /// @param command any text
  public @Nullable Transition transition(@Nullable String state, String command) {
    Edges edges = edges(state);
    return edges == null ? null : edges.byCommand.get(command);
  }

  /// Returns the commands that are allowed in a state, in the order of declaration; none in an
  /// unknown state. Allocates nothing.
  ///
  /// @param state a state of this machine, or null for an instance that does not exist
  public List<String> allowed(@Nullable String state) {
    Edges edges = edges(state);
    return edges == null ? List.of() : edges.allowed;
  }

  private @Nullable Edges edges(@Nullable String state) {
    if (state == null) {
      return creating;
    }
    Edges edges = leaving.get(state);
    return edges == null ? anywhere : edges;
  }

  /// Tells whether the states are not declared: each instance's data says which there are for it.
  public boolean open() {
    return anywhere != null;
  }

  /// Tells whether an instance may be in a state: a declared one; of an open machine any that is
  /// well-formed, or the empty one.
  public boolean isState(String state) {
    return open() ? state.isEmpty() || Names.isStateName(state) : states.containsKey(state);
  }

  /// Returns the timeouts that start when a state is entered; empty for an unknown state. Allocates
  /// nothing.
  public List<Timeout> timeouts(String state) {
    Edges edges = leaving.get(state);
    return edges == null ? List.of() : edges.timeouts;
  }

  /// Returns a timeout by its state and name, or null if the definition has it no more.
  public @Nullable Timeout timeout(String state, String name) {
    for (Timeout timeout : timeouts(state)) {
      if (timeout.name().equals(name)) {
        return timeout;
      }
    }
    return null;
  }

  /// Returns the queries by name.
  public Map<String, Query> queries() {
    return queries;
  }

  /// Returns how long results of invocations and answers to idempotent requests are kept, or null
  /// if the engine decides. It is not part of the [#definition].
  public @Nullable Duration retention() {
    return retention;
  }

  /// Returns how its instances are rows of a table of the user's, or null if they are not. It is
  /// not part of the [#definition].
  public @Nullable MappedTable table() {
    return table;
  }

  /// Returns the checks of its author's that may refuse a transition.
  public Validations validations() {
    return validations;
  }

  /// Refuses what an instance is to hold in a state if its table can't take that: a time that is to
  /// be given and is null or zero.
  ///
  /// @throws dev.detent.RefusedException INVALID_INPUT with the component's `path`
  public void requireFits(String state, Value value) {
    if (table != null && table.states().get(state) instanceof RecordColumns columns) {
      columns.requireTimes(value, codec);
    }
  }

  /// Returns what is doubtful but not wrong: unreachable states, dead ends.
  public List<String> warnings() {
    return warnings;
  }

  /// Returns this machine if there is nothing doubtful about it.
  ///
  /// @throws dev.detent.RefusedException INVALID_DEFINITION with the warnings as `problems`
  public Machine strict() {
    Problems.requireNone(name, warnings);
    return this;
  }

  /// Returns the definition as JSON (a subset of XState's machine configuration), for any kind: as
  /// it was sent, with the `id`, if it was JSON.
  ///
  /// What XState has no word for is in `meta`: in the machine's, `create` has the creating commands
  /// with their states, `queries` the queries; in a transition's, `targets` has all targets where
  /// there are several, and `durable` is true where its code is a handler.
  public Json definition() {
    return definition;
  }

  /// Returns a hash of [#definition] that is the same in every process: 16 hexadecimal digits,
  /// since every instance carries it.
  ///
  /// It begins the [Json#fingerprint] of the definition, so the order of members does not matter:
  /// the order of states and commands shows in lists and diagrams, but changes nothing that an
  /// instance can do.
  public String hash() {
    return hash;
  }

  /// Returns the name and kind, for messages.
  @Override
  public String toString() {
    return "machine " + name + " (" + kind.word() + ")";
  }
}
