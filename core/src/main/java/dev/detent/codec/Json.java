// SPDX-License-Identifier: Apache-2.0
package dev.detent.codec;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Holds one JSON value as compact text, without loss: numbers keep their digits, strings their
/// escapes, objects the order of their members.
///
/// **Limits**: nesting of at most 500; members of one object have different names.
///
/// **Threads**: immutable.
public final class Json {
  /// The value `null`.
  public static final Json NULL = new Json("null");

  /// The value `{}`.
  public static final Json EMPTY = new Json("{}");

  private final String text;
  private @Nullable String fingerprint;

  private Json(String text) {
    this.text = text;
  }

  /// Reads one JSON value, whole.
  ///
  /// @throws dev.detent.RefusedException BAD_REQUEST with line and column of the first fault
  public static Json parse(String text) {
    return trusted(JsonScanner.compact(text));
  }

  /// Reads one JSON value from UTF-8, whole.
  ///
  /// @throws dev.detent.RefusedException BAD_REQUEST with line and column of the first fault, or if
  ///   the bytes are not UTF-8
  public static Json parse(byte[] utf8) {
    String text = new String(utf8, StandardCharsets.UTF_8);
    // Only faulty bytes, or the character itself, are decoded to U+FFFD.
    if (text.indexOf('\ufffd') >= 0) {
      requireUnicode(utf8);
    }
    return parse(text);
  }

  /// Reads the input of a command from UTF-8: nothing at all is [#NULL], no input.
  ///
  /// @throws dev.detent.RefusedException BAD_REQUEST as [#parse] does
  public static Json parseInput(byte[] utf8) {
    return utf8.length == 0 ? NULL : parse(utf8);
  }

  /// Takes text that [#text] returned earlier, without checking it again.
  public static Json trusted(String text) {
    return switch (text.length()) {
      case 2 -> text.equals("{}") ? EMPTY : new Json(text);
      case 4 -> text.equals("null") ? NULL : new Json(text);
      default -> new Json(text);
    };
  }

  /// Returns a string.
  public static Json string(String value) {
    var out = new StringBuilder(value.length() + 2);
    JsonText.quote(out, value);
    return new Json(out.toString());
  }

  /// Returns an object of these members, in the order of the map.
  public static Json object(Map<String, Json> members) {
    var out = new StringBuilder("{");
    members.forEach((name, value) -> {
      if (out.length() > 1) {
        out.append(',');
      }
      JsonText.quote(out, name);
      out.append(':').append(value.text);
    });
    return trusted(out.append('}').toString());
  }

  /// Returns a list of these elements.
  public static Json array(List<Json> elements) {
    var out = new StringBuilder("[");
    for (Json element : elements) {
      out.append(out.length() > 1 ? "," : "").append(element.text);
    }
    return new Json(out.append(']').toString());
  }

  /// Returns the compact text.
  public String text() {
    return text;
  }

  /// Tells whether this is `null`.
  public boolean isNull() {
    return text.equals("null");
  }

  /// Tells whether this is an object.
  public boolean isObject() {
    return text.charAt(0) == '{';
  }

  /// Tells whether this is a list.
  public boolean isArray() {
    return text.charAt(0) == '[';
  }

  /// Tells whether this is a string.
  public boolean isString() {
    return text.charAt(0) == '"';
  }

  /// Returns what this string stands for.
  ///
  /// @throws IllegalStateException if this is no string
  public String asString() {
    require(isString(), "a string");
    return JsonText.unescape(text, 1, text.length() - 1);
  }

  /// Returns the members of this object in order.
  ///
  /// @throws IllegalStateException if this is no object
  public Map<String, Json> members() {
    require(isObject(), "an object");
    var members = new LinkedHashMap<String, Json>();
    for (var cursor = new MemberCursor(text); cursor.next(); ) {
      members.put(cursor.name(), trusted(cursor.value()));
    }
    return Collections.unmodifiableMap(members);
  }

  /// Returns the elements of this list in order.
  ///
  /// @throws IllegalStateException if this is no list
  public List<Json> elements() {
    require(isArray(), "a list");
    var elements = new ArrayList<Json>();
    int at = 1;
    while (text.charAt(at) != ']') {
      int end = JsonText.valueEnd(text, at);
      elements.add(trusted(text.substring(at, end)));
      at = text.charAt(end) == ',' ? end + 1 : end;
    }
    return Collections.unmodifiableList(elements);
  }

  /// Returns this object with the members of another laid over it, one level deep: members that
  /// both have keep their place and take the other's value, even `null`; new ones follow.
  ///
  /// @throws IllegalStateException if one of them is no object
  public Json merge(Json over) {
    require(isObject(), "an object");
    over.require(over.isObject(), "an object");
    if (over.text.length() == 2) {
      return this;
    }
    return text.length() == 2 ? over : mergeMembers(over);
  }

  private Json mergeMembers(Json over) {
    var values = new HashMap<String, String>();
    for (var theirs = new MemberCursor(over.text); theirs.next(); ) {
      values.put(theirs.name(), theirs.value());
    }
    var out = new StringBuilder(text.length() + over.text.length()).append('{');
    for (var ours = new MemberCursor(text); ours.next(); ) {
      String value = values.remove(ours.name());
      if (value == null) {
        ours.append(out);
      } else {
        ours.append(out, value);
      }
    }
    for (var theirs = new MemberCursor(over.text); !values.isEmpty() && theirs.next(); ) {
      if (values.remove(theirs.name()) != null) {
        theirs.append(out);
      }
    }
    return new Json(out.append('}').toString());
  }

  /// Returns a fingerprint of the value: 64 hexadecimal digits, equal for equal values, whatever
  /// their order of members, their escapes and the spelling of their numbers (`1.0`, `1` and `1e0`
  /// are equal).
  public String fingerprint() {
    String known = fingerprint;
    if (known == null) {
      known = Fingerprint.of(text);
      fingerprint = known;
    }
    return known;
  }

  /// Tells whether the other is JSON of the same text.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Json json && json.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /// Returns the compact text.
  @Override
  public String toString() {
    return text;
  }

  private void require(boolean holds, String expected) {
    if (!holds) {
      String got = text.length() <= 60 ? text : text.substring(0, 57) + "...";
      throw new IllegalStateException("JSON: expected " + expected + ", got " + got);
    }
  }

  private static void requireUnicode(byte[] utf8) {
    try {
      var _ = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8));
    } catch (CharacterCodingException e) {
      var problem = Problem.of(ErrorCode.BAD_REQUEST, "JSON: expected UTF-8, got other bytes");
      throw problem.exception();
    }
  }
}
