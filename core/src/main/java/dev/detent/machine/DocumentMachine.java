// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.codec.Codec;
import dev.detent.codec.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Is the built-in machine of the Redis door: each of its instances is a document that brings its
/// own states and moves, see [StateDocument].
///
/// The state of an instance is the document's `current`, its data the document. Its commands:
///
/// - `create` makes an empty document; `set` takes a whole one. Both replace what is there.
/// - `mutate` moves along `map[current]`: `{"state", "reason"?, "force"?, "strict"?}`. `force`
///   enters any state of the document, and the event is marked as forced where no edge leads.
///   `strict` enters only states that are keys of the map.
/// - `reset` goes back to `initial`.
/// - `put` keeps a plain string instead of a document: `{"string"}`, or `{"base64"}` where it is
///   not Unicode. A machine that is looked for there is refused.
/// - `delete` deletes. Made again, the key goes on with its version.
public final class DocumentMachine {
  /// The machine's name.
  public static final String NAME = "redis";

  private static final Machine MACHINE = make();

  private DocumentMachine() {}

  /// Returns the machine.
  public static Machine machine() {
    return MACHINE;
  }

  private static Machine make() {
    var draft = new Draft(NAME, Machine.Kind.BUILT_IN, Codec.standard());
    Map<String, Action> making = new LinkedHashMap<>();
    making.put("create", DocumentActions::create);
    making.put("set", DocumentActions::set);
    making.put("put", DocumentActions::put);
    Map<String, Action> changing = new LinkedHashMap<>();
    changing.put("mutate", DocumentActions::mutate);
    changing.put("reset", DocumentActions::reset);
    changing.put("delete", DocumentActions::delete);
    making.forEach((command, action) -> draft.add(transition(command, action)));
    making.forEach((command, action) -> draft.addAnywhere(transition(command, action)));
    changing.forEach((command, action) -> draft.addAnywhere(transition(command, action)));
    draft.definition(definition(List.copyOf(making.keySet()), List.copyOf(changing.keySet())));
    return draft.finishOpen();
  }

  private static Transition transition(String command, Action action) {
    return new Transition(command, Set.of(), Set.of(), "", action);
  }

  private static Json definition(List<String> making, List<String> changing) {
    Json meta = Json.object(Map.of("open", Json.trusted("true")));
    meta = meta.merge(Json.object(Map.of("create", names(making))));
    meta = meta.merge(Json.object(Map.of("change", names(changing))));
    Json definition = Json.object(Map.of("id", Json.string(NAME)));
    definition = definition.merge(Json.object(Map.of("meta", meta)));
    return definition.merge(Json.object(Map.of("states", Json.EMPTY)));
  }

  private static Json names(List<String> names) {
    return Json.array(names.stream().map(Json::string).toList());
  }
}
