// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.annotation.StateMachine;
import dev.detent.codec.Codec;
import dev.detent.codec.DurationText;
import dev.detent.codec.Json;
import dev.detent.store.MappedTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Collects the parts of a definition and what is wrong with it; a [Machine] comes out only if
/// nothing is.
///
/// **Threads**: one.
final class Draft {
  private static final Duration RETENTION_MAX = Duration.ofDays(3_650);

  private final String name;
  private final Machine.Kind kind;
  private final Codec codec;
  private final Problems problems = new Problems();
  private final Map<String, State> states = new LinkedHashMap<>();
  private final List<Transition> transitions = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();
  private final List<Timeout> timeouts = new ArrayList<>();
  private final Map<String, Query> queries = new LinkedHashMap<>();
  private final IdentityHashMap<Object, Place> places = new IdentityHashMap<>();
  private final List<Transition> anywhere = new ArrayList<>();
  private final Map<String, TypeView> records = new HashMap<>();
  private @Nullable String initial;
  private @Nullable Implicit implicit;
  private @Nullable Json definition;
  private @Nullable Duration retention;
  private final List<Validation> validations = new ArrayList<>();
  private @Nullable TableDefinition tableDefinition;
  private @Nullable MappedTable table;

  Draft(String name, Machine.Kind kind, Codec codec) {
    this.name = name;
    this.kind = kind;
    this.codec = codec;
  }

  /// Checks everything and returns the machine.
  ///
  /// @throws dev.detent.RefusedException INVALID_DEFINITION with all `problems`
  Machine finish() {
    return orThrow(read());
  }

  /// Checks everything and returns the machine, or what is wrong.
  Reading read() {
    if (tableDefinition != null) {
      table = new TableReading(tableDefinition, this).read();
    }
    var checks = new Checks(this);
    checks.rules();
    if (!problems.isEmpty() || initial == null) {
      return failed();
    }
    List<Reading.Finding> warnings = checks.warnings();
    var texts = warnings.stream().map(Reading.Finding::text).toList();
    return new Reading(new Machine(this, initial, texts), warnings);
  }

  /// Returns what is wrong so far.
  Reading failed() {
    return new Reading(null, problems.findings());
  }

  /// Returns the machine of a reading of this draft.
  ///
  /// @throws dev.detent.RefusedException INVALID_DEFINITION with all `problems`
  Machine orThrow(Reading reading) {
    Machine machine = reading.machine();
    if (machine == null) {
      problems.throwIfAny(name);
      throw new IllegalStateException("machine: expected a problem where there is none");
    }
    return machine;
  }

  /// Returns a machine whose states are not declared: each instance's data says which there are. It
  /// is for what is built in, so nothing is checked.
  Machine finishOpen() {
    return new Machine(this, "", List.of());
  }

  /// Adds a transition that starts from every state of a machine whose states are not declared.
  void addAnywhere(Transition transition) {
    anywhere.add(transition);
  }

  void add(State state) {
    if (states.putIfAbsent(state.name(), state) != null) {
      String what = "state " + state.name() + ": expected once, got it twice; rename one";
      problems.add(what, place(state));
    }
  }

  void add(Transition transition) {
    transitions.add(transition);
  }

  /// Adds the name of a command whose transition was refused: the name is to be checked as well.
  void addRefused(String command) {
    refused.add(command);
  }

  void add(Timeout timeout) {
    timeouts.add(timeout);
  }

  void add(Query query) {
    queries.put(query.name(), query);
  }

  /// Says what the record of a state is.
  void show(String state, TypeView type) {
    records.put(state, type);
  }

  /// Returns the record of a state, or null where data is plain JSON.
  @Nullable TypeView record(String state) {
    return records.get(state);
  }

  /// Says where a part of the definition stands: a state, transition or query.
  void put(Object part, Place place) {
    places.put(part, place);
  }

  /// Returns where a part of the definition stands.
  Place place(@Nullable Object part) {
    return places.getOrDefault(part, Place.WHOLE);
  }

  void add(Validation validation) {
    validations.add(validation);
  }

  /// Says that instances are rows of a table.
  void table(TableDefinition definition) {
    tableDefinition = definition;
  }

  void initial(String state) {
    initial = state;
  }

  void implicit(Implicit value) {
    implicit = value;
  }

  void definition(Json json) {
    definition = json;
  }

  /// Says how long results are kept.
  void retention(Duration duration) {
    if (duration.isNegative() || duration.compareTo(RETENTION_MAX) > 0) {
      String what = "retention: expected 0 to 3650d, got " + DurationText.format(duration);
      problems.add(what, new Place.InClassMark(StateMachine.class, "retention"));
    }
    retention = duration;
  }

  Problems problems() {
    return problems;
  }

  String name() {
    return name;
  }

  Machine.Kind kind() {
    return kind;
  }

  Codec codec() {
    return codec;
  }

  Map<String, State> states() {
    return states;
  }

  List<Transition> transitions() {
    return transitions;
  }

  List<Transition> anywhere() {
    return anywhere;
  }

  List<String> refused() {
    return refused;
  }

  List<Timeout> timeouts() {
    return timeouts;
  }

  Map<String, Query> queries() {
    return queries;
  }

  @Nullable String initial() {
    return initial;
  }

  @Nullable Implicit implicit() {
    return implicit;
  }

  @Nullable Json definition() {
    return definition;
  }

  List<Validation> validations() {
    return validations;
  }

  @Nullable MappedTable table() {
    return table;
  }

  @Nullable Duration retention() {
    return retention;
  }
}
