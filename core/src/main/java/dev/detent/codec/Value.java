// SPDX-License-Identifier: Apache-2.0
package dev.detent.codec;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/// Holds a value as JSON and, once somebody has asked for it, as the Java object that it stands
/// for.
///
/// **Threads**: safe; two threads that ask at once may decode twice and get equal objects.
public final class Value {
  /// The value `{}`.
  public static final Value EMPTY = new Value(Json.EMPTY, null);

  private final Json json;
  private @Nullable Object object;

  private Value(Json json, @Nullable Object object) {
    this.json = json;
    this.object = object;
  }

  /// Returns a value that is decoded when asked for.
  public static Value of(Json json) {
    return new Value(json, null);
  }

  /// Returns a value of an object, encoded now.
  public static Value of(Object object, Codec codec) {
    return new Value(codec.write(object), object);
  }

  /// Returns the JSON.
  public Json json() {
    return json;
  }

  /// Returns the Java object; always the same type must be asked for.
  public Object as(Type type, Codec codec) {
    Object known = object;
    if (known == null) {
      known = codec.read(json, type);
      object = known;
    }
    return known;
  }
}
