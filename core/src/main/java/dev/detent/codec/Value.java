// SPDX-License-Identifier: Apache-2.0
package dev.detent.codec;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Problem;
import java.lang.reflect.Type;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Holds what an instance holds: as JSON and, once somebody has asked for it, as the Java object
/// that it stands for.
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
    return json.text().equals("{}") ? EMPTY : new Value(json, null);
  }

  /// Returns a value of an object, encoded now.
  public static Value of(Object object, Codec codec) {
    return new Value(codec.write(object), object);
  }

  /// Returns a value of JSON and the object that it stands for.
  public static Value of(Json json, Object object) {
    return new Value(json, object);
  }

  /// Returns the JSON.
  public Json json() {
    return json;
  }

  /// Tells whether the Java object is known already, and of that type.
  public boolean is(Class<?> type) {
    Object known = object;
    return known != null && known.getClass() == type;
  }

  /// Returns the Java object, read by a function if nobody has asked for it before.
  ///
  /// @param type the type of the object
  /// @param read makes it of the JSON
  public <T> T as(Class<T> type, Function<Json, T> read) {
    Object known = object;
    if (type.isInstance(known)) {
      return type.cast(known);
    }
    T made = read.apply(json);
    if (this != EMPTY) {
      object = made;
    }
    return made;
  }

  /// Returns the Java object. Only one type should be asked for: another one is decoded each time.
  ///
  /// @param type the type of the object
  /// @param codec decodes it, leniently, since it was stored
  /// @throws dev.detent.FailedException INTERNAL if it does not fit
  public Object as(Type type, Codec codec) {
    Object known = object;
    if (known != null && known.getClass() == type) {
      return known;
    }
    Object read = codec.readStored(json, type);
    if (read == null) {
      String what = "stored " + type.getTypeName() + ": expected a value, got null";
      throw DetentException.of(Problem.of(ErrorCode.INTERNAL, what));
    }
    if (this != EMPTY) {
      object = read;
    }
    return read;
  }
}
