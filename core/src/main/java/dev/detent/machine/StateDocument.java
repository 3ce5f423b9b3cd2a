// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.codec.Json;
import dev.detent.codec.Value;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Holds what an instance of the [DocumentMachine] holds: `{"initial","map","current","reason"}`,
/// where `map` says to which states each state leads.
///
/// **Threads**: immutable.
///
/// **Limits**: names of states are 0 to 64 bytes of UTF-8 without control characters.
public final class StateDocument {
  /// The document without states.
  public static final StateDocument EMPTY =
      new StateDocument(new Graph("", Json.EMPTY, Map.of(), Set.of("")), "", "");

  private final Graph graph;
  private final String current;
  private final String reason;

  /// Holds what moves leave as it is.
  ///
  /// @param initial where a reset leads
  /// @param text the map as it was sent
  /// @param edges to which states each state leads
  /// @param known all states that are named anywhere
  private record Graph(
      String initial, Json text, Map<String, Set<String>> edges, Set<String> known) {}

  private StateDocument(Graph graph, String current, String reason) {
    this.graph = graph;
    this.current = current;
    this.reason = reason;
  }

  /// Reads a document. `current` and `reason` may be missing; an empty `current` is `initial`.
  ///
  /// @throws dev.detent.RefusedException INVALID_INPUT with the `path` of what does not fit
  public static StateDocument parse(Json json) {
    var fields =
        DocumentFields.of("document", json, List.of("initial", "map", "current", "reason"));
    String initial = fields.state("initial", null);
    Json map = fields.required("map");
    String reason = fields.text("reason", "");
    String current = fields.state("current", "");
    Map<String, Set<String>> edges = DocumentFields.edges(map);
    var graph = new Graph(initial, map, edges, known(initial, edges));
    return new StateDocument(graph, current.isEmpty() ? initial : current, reason);
  }

  private static Set<String> known(String initial, Map<String, Set<String>> edges) {
    var known = new HashSet<>(edges.keySet());
    known.add(initial);
    edges.values().forEach(known::addAll);
    return known;
  }

  /// Returns the document that an instance holds, or null if it holds a plain string.
  public static @Nullable StateDocument of(Value value) {
    boolean document = value.is(StateDocument.class) || !plain(value);
    return document ? value.as(StateDocument.class, StateDocument::parse) : null;
  }

  private static boolean plain(Value value) {
    return !value.json().text().startsWith("{\"initial\":");
  }

  /// Returns the state that a reset leads to.
  public String initial() {
    return graph.initial;
  }

  /// Returns the states that have moves of their own: the keys of `map`, in their order.
  public Collection<String> states() {
    return graph.edges.keySet();
  }

  /// Returns where it is.
  public String current() {
    return current;
  }

  /// Returns why it came there, as whoever moved it said.
  public String reason() {
    return reason;
  }

  /// Returns the states to which the current one leads.
  Set<String> targets() {
    return graph.edges.getOrDefault(current, Set.of());
  }

  /// Tells whether a state is named anywhere in the document.
  boolean knows(String state) {
    return graph.known.contains(state) || state.equals(current);
  }

  /// Tells whether a state is a key of the map.
  boolean maps(String state) {
    return graph.edges.containsKey(state);
  }

  /// Returns the same in another state.
  ///
  /// @param why the new reason, or null to keep the old one
  StateDocument in(String state, @Nullable String why) {
    return new StateDocument(graph, state, why == null ? reason : why);
  }

  /// Returns the document as JSON.
  public Json json() {
    var members = LinkedHashMap.<String, Json>newLinkedHashMap(4);
    members.put("initial", Json.string(graph.initial));
    members.put("map", graph.text);
    members.put("current", Json.string(current));
    members.put("reason", Json.string(reason));
    return Json.object(members);
  }

  /// Returns the document as what an instance holds.
  Value value() {
    return Value.of(json(), this);
  }
}
