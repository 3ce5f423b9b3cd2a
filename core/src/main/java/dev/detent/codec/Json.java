// SPDX-License-Identifier: Apache-2.0
package dev.detent.codec;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/// Holds one JSON value as compact text, without loss: numbers keep their digits, strings their
/// escapes.
///
/// **Threads**: immutable.
public final class Json {
  /// The value `null`.
  public static final Json NULL = new Json("null");

  /// The value `{}`.
  public static final Json EMPTY = new Json("{}");

  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final String text;

  private Json(String text) {
    this.text = text;
  }

  /// Reads one JSON value, whole.
  ///
  /// @throws dev.detent.RefusedException BAD_REQUEST with line and column of the first fault
  public static Json parse(String text) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() == null) {
        throw Problem.of(ErrorCode.BAD_REQUEST, "JSON: expected a value, got nothing").exception();
      }
      parser.skipChildren();
      if (parser.nextToken() != null) {
        throw Problem.of(ErrorCode.BAD_REQUEST, "JSON: expected one value, got more").exception();
      }
      return new Json(text.strip());
    } catch (JacksonException e) {
      throw Problem.of(ErrorCode.BAD_REQUEST, "JSON: " + e.getOriginalMessage()).exception();
    }
  }

  /// Reads one JSON value from UTF-8, whole.
  public static Json parse(byte[] utf8) {
    return parse(new String(utf8, StandardCharsets.UTF_8));
  }

  /// Takes text that [#text] returned earlier, without checking it again.
  public static Json trusted(String text) {
    return new Json(text);
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
    return text.startsWith("{");
  }

  /// Returns this object with the members of another laid over it, one level deep.
  public Json merge(Json over) {
    var all = new LinkedHashMap<>(members());
    all.putAll(over.members());
    return object(all);
  }

  /// Returns an object of these members.
  public static Json object(Map<String, Json> members) {
    var out = new StringBuilder("{");
    members.forEach((name, value) -> {
      out.append(out.length() > 1 ? "," : "").append('"').append(name).append("\":");
      out.append(value.text);
    });
    return new Json(out.append('}').toString());
  }

  /// Returns the members of this object in order.
  public Map<String, Json> members() {
    var members = new LinkedHashMap<String, Json>();
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        int start = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        int end = (int) parser.currentLocation().getCharOffset();
        members.put(name, new Json(text.substring(start, end).strip()));
      }
    }
    return members;
  }

  /// Returns a fingerprint of the value: equal for equal values, whatever their order of members,
  /// white space and spelling of numbers.
  public String fingerprint() {
    return text;
  }

  /// Tells whether the other is JSON of the same text.
  @Override
  public boolean equals(Object other) {
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
}
