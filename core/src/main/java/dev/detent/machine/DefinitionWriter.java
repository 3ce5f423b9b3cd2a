// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.codec.DurationText;
import dev.detent.codec.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes the definition of a machine that was not sent as JSON, such that [JsonDefinition] reads
/// it.
final class DefinitionWriter {
  private static final Json TRUE = Json.trusted("true");

  private final Machine machine;

  DefinitionWriter(Machine machine) {
    this.machine = machine;
  }

  Json write() {
    var members = new LinkedHashMap<String, Json>();
    members.put("id", Json.string(machine.name()));
    members.put("initial", Json.string(machine.initial()));
    Map<String, Json> meta = meta();
    if (!meta.isEmpty()) {
      members.put("meta", Json.object(meta));
    }
    var states = new LinkedHashMap<String, Json>();
    machine.states().forEach((name, state) -> states.put(name, state(state)));
    members.put("states", Json.object(states));
    return Json.object(members);
  }

  private Map<String, Json> meta() {
    var meta = new LinkedHashMap<String, Json>();
    var create = new LinkedHashMap<String, Json>();
    for (String command : machine.allowed(null)) {
      create.put(command, creating(machine.transition(null, command)));
    }
    if (!create.isEmpty()) {
      meta.put("create", Json.object(create));
    }
    if (!machine.queries().isEmpty()) {
      meta.put("queries", strings(List.copyOf(machine.queries().keySet())));
    }
    return meta;
  }

  private Json creating(@Nullable Transition transition) {
    String target = transition == null ? machine.initial() : transition.to().iterator().next();
    Json initial = Json.string(target);
    if (transition == null || !transition.durable()) {
      return initial;
    }
    var members = new LinkedHashMap<String, Json>();
    members.put("target", initial);
    members.put("meta", Json.object(Map.of("durable", TRUE)));
    return Json.object(members);
  }

  private Json state(State state) {
    var members = new LinkedHashMap<String, Json>();
    if (!state.description().isEmpty()) {
      members.put("description", Json.string(state.description()));
    }
    if (state.isFinal()) {
      members.put("type", Json.string("final"));
    }
    var on = new LinkedHashMap<String, Json>();
    for (String command : machine.allowed(state.name())) {
      Transition transition = machine.transition(state.name(), command);
      if (transition != null) {
        on.put(command, transition(transition));
      }
    }
    if (!on.isEmpty()) {
      members.put("on", Json.object(on));
    }
    var after = new LinkedHashMap<String, Json>();
    for (Timeout timeout : machine.timeouts(state.name())) {
      after.put(DurationText.format(timeout.after()), transition(timeout.transition()));
    }
    if (!after.isEmpty()) {
      members.put("after", Json.object(after));
    }
    return Json.object(members);
  }

  private static Json transition(Transition transition) {
    List<String> targets = List.copyOf(transition.to());
    Json first = Json.string(targets.getFirst());
    boolean plain = targets.size() == 1 && !transition.durable();
    if (plain && transition.description().isEmpty()) {
      return first;
    }
    var members = new LinkedHashMap<String, Json>();
    members.put("target", first);
    if (!transition.description().isEmpty()) {
      members.put("description", Json.string(transition.description()));
    }
    var meta = new LinkedHashMap<String, Json>();
    if (transition.durable()) {
      meta.put("durable", TRUE);
    }
    if (targets.size() > 1) {
      meta.put("targets", strings(targets));
    }
    if (!meta.isEmpty()) {
      members.put("meta", Json.object(meta));
    }
    return Json.object(members);
  }

  private static Json strings(List<String> texts) {
    return Json.array(texts.stream().map(Json::string).toList());
  }
}
