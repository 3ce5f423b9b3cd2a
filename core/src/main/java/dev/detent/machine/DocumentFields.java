// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Names;
import dev.detent.Problem;
import dev.detent.codec.Json;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads the members of an object, each of its type, and says what is wrong and where.
///
/// @param members the members
record DocumentFields(Map<String, Json> members) {
  /// Reads an object that has no other members than these.
  ///
  /// @param what how to call the object in a message
  static DocumentFields of(String what, Json json, List<String> known) {
    if (!json.isObject()) {
      throw wrong(what, "", "an object", json);
    }
    Map<String, Json> members = json.members();
    for (String name : members.keySet()) {
      if (!known.contains(name)) {
        String listed = String.join(", ", known);
        throw wrong(pointer("", name), pointer("", name), "one of the members " + listed, name);
      }
    }
    return new DocumentFields(members);
  }

  /// Returns a member that must be there.
  Json required(String name) {
    Json value = members.get(name);
    if (value == null) {
      throw wrong("/" + name, "/" + name, "a value", "none");
    }
    return value;
  }

  /// Returns a state's name.
  ///
  /// @param otherwise what it is if there is none, or null if there must be one
  String state(String name, @Nullable String otherwise) {
    return otherwise != null && !members.containsKey(name)
        ? otherwise
        : state("/" + name, required(name));
  }

  /// Returns any text, or something else if there is none.
  String text(String name, String otherwise) {
    Json value = members.get(name);
    if (value == null) {
      return otherwise;
    }
    String text = string("/" + name, value);
    if (Names.utf8Length(text) < 0) {
      throw wrong("/" + name, "/" + name, "Unicode text", "an unpaired surrogate");
    }
    return text;
  }

  /// Returns a truth; false if there is none.
  boolean flag(String name) {
    Json value = members.get(name);
    String text = value == null ? "false" : value.text();
    if (!text.equals("true") && !text.equals("false")) {
      throw wrong("/" + name, "/" + name, "true or false", text);
    }
    return text.equals("true");
  }

  /// Reads to which states each state leads.
  static Map<String, Set<String>> edges(Json map) {
    if (!map.isObject()) {
      throw wrong("/map", "/map", "an object of lists of states", map);
    }
    var edges = new LinkedHashMap<String, Set<String>>();
    map.members()
        .forEach((from, targets) -> {
          String path = pointer("/map", from);
          requireState(path, from);
          edges.put(from, targets(path, targets));
        });
    return Collections.unmodifiableMap(edges);
  }

  private static Set<String> targets(String path, Json targets) {
    if (!targets.isArray()) {
      throw wrong(path, path, "a list of states", targets);
    }
    List<Json> elements = targets.elements();
    var names = LinkedHashSet.<String>newLinkedHashSet(elements.size());
    for (int i = 0; i < elements.size(); i++) {
      names.add(state(path + "/" + i, elements.get(i)));
    }
    return names;
  }

  private static String state(String path, Json value) {
    String name = string(path, value);
    requireState(path, name);
    return name;
  }

  private static void requireState(String path, String name) {
    if (!name.isEmpty() && !Names.isStateName(name)) {
      int bytes = Names.utf8Length(name);
      String got = bytes > Names.STATE_BYTES_MAX ? bytes + " bytes" : "others";
      String expected = "at most 64 bytes of UTF-8 without control characters";
      throw wrong(path, path, expected, got);
    }
  }

  private static String string(String path, Json value) {
    if (!value.isString()) {
      throw wrong(path, path, "a string", value);
    }
    return value.asString();
  }

  /// Returns a JSON pointer to a member, shortened for messages.
  private static String pointer(String path, String name) {
    return path + "/" + Problems.shown(name.replace("~", "~0").replace("/", "~1"));
  }

  private static DetentException wrong(String what, String path, String expected, Json got) {
    return wrong(what, path, expected, Problems.shown(got.text()));
  }

  private static DetentException wrong(String what, String path, String expected, String got) {
    String detail = what + ": expected " + expected + ", got " + printable(got);
    return Problem.of(ErrorCode.INVALID_INPUT, detail).with("path", path).exception();
  }

  private static String printable(String text) {
    return Problems.shown(text.replaceAll("\\p{Cntrl}", "?"));
  }
}
