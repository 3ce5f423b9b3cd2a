// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.DetentException;
import dev.detent.Names;
import dev.detent.codec.Codec;
import dev.detent.codec.DurationText;
import dev.detent.codec.Json;
import dev.detent.codec.Value;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads a definition from JSON. Problems name their place as a JSON pointer.
final class JsonDefinition {
  private static final Set<String> MACHINE_KEYS =
      keys("id", "initial", "states", "description", "meta");
  private static final Set<String> STATE_KEYS = keys("on", "after", "type", "description", "meta");
  private static final Set<String> TRANSITION_KEYS = keys("target", "description", "meta");

  private final Json json;
  private final Draft draft;

  JsonDefinition(@Nullable String name, Json json) {
    this.json = json;
    this.draft = new Draft(name == null ? named(json) : name, Machine.Kind.JSON, Codec.standard());
  }

  private static Set<String> keys(String... keys) {
    return java.util.Collections.unmodifiableSet(new java.util.LinkedHashSet<>(List.of(keys)));
  }

  private static String named(Json json) {
    Json id = json.isObject() ? json.members().get("id") : null;
    return id != null && id.isString() ? id.asString() : "";
  }

  /// Reads JSON, reporting what is none as a problem of the definition.
  static Json json(@Nullable String name, byte[] utf8) {
    try {
      return Json.parse(utf8);
    } catch (DetentException e) {
      Problems.requireNone(name == null ? "?" : name, List.of(e.problem().detail()));
      throw e;
    }
  }

  Machine read() {
    if (!json.isObject()) {
      problem("", "an object", json);
      draft.problems().throwIfAny(draft.name());
    }
    Map<String, Json> members = json.members();
    known("", members, MACHINE_KEYS);
    id(members.get("id"));
    notes("", members);
    states(members.get("states"));
    initial(members.get("initial"));
    if (members.containsKey("id")) {
      draft.definition(json);
    } else {
      var all = new LinkedHashMap<String, Json>();
      all.put("id", Json.string(draft.name()));
      all.putAll(members);
      draft.definition(Json.object(all));
    }
    return draft.finish();
  }

  private void id(@Nullable Json id) {
    if (id == null) {
      return;
    }
    if (!id.isString()) {
      problem("/id", "text", id);
    } else if (!id.asString().equals(draft.name())) {
      problem("/id", "the machine's name \"" + draft.name() + "\" or nothing", id);
    }
  }

  private void initial(@Nullable Json initial) {
    if (initial == null) {
      problem("/initial", "the name of a state", null);
      // Any state will do for the other checks: the machine is refused anyway.
      draft.states().keySet().stream().findFirst().ifPresent(draft::initial);
    } else if (!initial.isString()) {
      problem("/initial", "the name of a state", initial);
      draft.states().keySet().stream().findFirst().ifPresent(draft::initial);
    } else {
      draft.initial(initial.asString());
      draft.implicit(new Implicit(initial.asString(), Value.EMPTY));
    }
  }

  private void states(@Nullable Json states) {
    if (states == null || !states.isObject()) {
      problem("/states", "an object of states", states);
      return;
    }
    states.members().forEach(this::state);
    states.members().forEach(this::edges);
  }

  private void state(String name, Json state) {
    String path = path("/states", name);
    if (!state.isObject()) {
      problem(path, "an object", state);
      draft.add(new State(name, false, "", null));
      return;
    }
    Map<String, Json> members = state.members();
    known(path, members, STATE_KEYS);
    Json type = members.get("type");
    boolean isFinal = type != null && type.equals(Json.string("final"));
    if (type != null && !isFinal) {
      problem(path + "/type", "\"final\" or nothing", type);
    }
    draft.add(new State(name, isFinal, notes(path, members), null));
  }

  private void edges(String name, Json state) {
    if (!state.isObject()) {
      return;
    }
    String path = path("/states", name);
    Map<String, Json> members = state.members();
    object(path + "/on", members.get("on"))
        .forEach((command, edge) -> command(name, path(path + "/on", command), command, edge));
    object(path + "/after", members.get("after"))
        .forEach((delay, edge) -> timeout(name, path(path + "/after", delay), delay, edge));
  }

  private Map<String, Json> object(String path, @Nullable Json json) {
    if (json == null) {
      return Map.of();
    }
    if (!json.isObject()) {
      problem(path, "an object", json);
      return Map.of();
    }
    return json.members();
  }

  private void command(String state, String path, String command, Json edge) {
    Transition transition = transition(state, path, command, edge);
    if (transition != null) {
      draft.add(transition);
    } else {
      draft.addRefused(command);
    }
  }

  private void timeout(String state, String path, String delay, Json edge) {
    Duration after = duration(path, delay);
    Transition transition = transition(state, path, null, edge);
    if (after != null && transition != null) {
      String name = "after." + DurationText.format(after);
      draft.add(new Timeout(state, name, after, transition));
    }
  }

  private @Nullable Duration duration(String path, String delay) {
    if (!delay.isEmpty() && delay.chars().allMatch(c -> c >= '0' && c <= '9')) {
      String unit = "a duration with its unit, such as \"" + delay + "ms\" or \"" + delay + "s\"";
      problem(path, unit, Json.string(delay));
      return null;
    }
    try {
      return DurationText.parse(delay);
    } catch (DetentException e) {
      draft.problems().add(path + ": " + e.problem().detail());
      return null;
    }
  }

  private @Nullable Transition transition(
      String state, String path, @Nullable String command, Json edge) {
    Json single = edge.isArray() ? element(path, edge) : edge;
    if (single == null) {
      return null;
    }
    String description = "";
    Json target = single;
    String targetPath = path;
    if (single.isObject()) {
      Map<String, Json> members = single.members();
      known(path, members, TRANSITION_KEYS);
      description = notes(path, members);
      target = members.get("target");
      targetPath = path + "/target";
    }
    if (target == null || !target.isString()) {
      problem(targetPath, "the name of a state", target);
      return null;
    }
    String to = target.asString();
    if (!draft.states().containsKey(to)) {
      String known = Problems.shown(draft.states().keySet());
      problem(targetPath, "a declared state (" + known + ")", target);
      return null;
    }
    return new Transition(command, Set.of(state), Set.of(to), description, new MergeAction(to));
  }

  private @Nullable Json element(String path, Json list) {
    List<Json> elements = list.elements();
    if (elements.size() == 1 && !elements.getFirst().isArray()) {
      return elements.getFirst();
    }
    String remedy = "; several targets are refused until guards exist to choose between them";
    String got = "a list of " + elements.size();
    draft.problems().add(path + ": expected one target, got " + got + remedy);
    return null;
  }

  /// Checks the members that are for people and returns the description.
  private String notes(String path, Map<String, Json> members) {
    Json meta = members.get("meta");
    if (meta != null && !meta.isObject()) {
      problem(path + "/meta", "an object", meta);
    }
    Json description = members.get("description");
    if (description != null && !description.isString()) {
      problem(path + "/description", "text", description);
      return "";
    }
    return description == null ? "" : description.asString();
  }

  private void known(String path, Map<String, Json> members, Set<String> known) {
    for (String name : members.keySet()) {
      if (!known.contains(name)) {
        String what = "expected only " + String.join(", ", known) + " here; remove it";
        draft.problems().add(path(path, name) + ": unknown key '" + text(name) + "', " + what);
      }
    }
  }

  private void problem(String path, String expected, @Nullable Json got) {
    String where = path.isEmpty() ? "definition" : path;
    String came = got == null ? "nothing" : Problems.shown(got.text());
    draft.problems().add(where + ": expected " + expected + ", got " + came);
  }

  private static String path(String parent, String name) {
    return parent + "/" + text(name).replace("~", "~0").replace("/", "~1");
  }

  private static String text(String name) {
    return Names.utf8Length(name) < 0 ? "?" : Problems.shown(name);
  }
}
