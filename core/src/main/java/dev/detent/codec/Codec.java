// SPDX-License-Identifier: Apache-2.0
package dev.detent.codec;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Problem;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/// Turns Java values into JSON and back.
///
/// The standard one writes records member by member, the records of a sealed interface with a
/// member `type` that has the record's simple name (where the value is declared as the interface,
/// and the interface has no Jackson annotations of its own), times and durations as ISO-8601,
/// decimal numbers without loss.
///
/// **Threads**: safe for any number of threads.
public final class Codec {
  private static final int READERS_MAX = 1_000;
  private static final Codec STANDARD = new Codec(mapper(), true);

  private final JsonMapper mapper;
  private final Map<Type, ObjectReader> strictByType = new ConcurrentHashMap<>();
  private final Map<Type, ObjectReader> lenientByType = new ConcurrentHashMap<>();
  private final ObjectReader strict;
  private final ObjectReader lenient;
  private final boolean compact;

  private Codec(JsonMapper mapper, boolean compact) {
    this.mapper = mapper;
    this.strict = mapper.reader().with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    this.lenient = mapper.reader().without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    this.compact = compact;
  }

  /// Returns the codec that everything uses unless told otherwise.
  public static Codec standard() {
    return STANDARD;
  }

  /// Returns a codec that uses a mapper of the caller's as it is configured, but for unknown
  /// members: [#read] refuses them and [#readStored] ignores them.
  public static Codec of(JsonMapper mapper) {
    return new Codec(mapper, false);
  }

  private static JsonMapper mapper() {
    return JsonMapper.builder()
        .annotationIntrospector(new SealedTypes())
        .addModule(OlderTimes.module())
        .disable(
            MapperFeature.SORT_PROPERTIES_ALPHABETICALLY, MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .enable(
            DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
            DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .disable(DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
        .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
        .withCoercionConfigDefaults(
            config -> config.setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
        .withCoercionConfig(
            LogicalType.Textual,
            config ->
                config
                    .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
        .build();
  }

  /// Writes a value as JSON.
  public Json write(@Nullable Object value) {
    if (value instanceof Json json) {
      return json;
    }
    String text = mapper.writeValueAsString(value);
    return json(text);
  }

  /// Writes a value as JSON, as what it is declared to be: a list of a sealed interface, for
  /// example, names the type of each element.
  ///
  /// @param value the value
  /// @param type its declared type
  public Json write(@Nullable Object value, Type type) {
    if (value instanceof Json json) {
      return json;
    }
    JavaType declared = mapper.constructType(type);
    if (declared.isJavaLangObject()) {
      return write(value);
    }
    String text = mapper.writerFor(declared).writeValueAsString(value);
    return json(text);
  }

  private Json json(String written) {
    String text = JsonText.withoutUnpaired(written);
    return compact ? Json.trusted(text) : Json.parse(text);
  }

  /// Reads what somebody sent: unknown members are refused.
  ///
  /// @return the value, never null: for `null` in JSON only a type that has something for it, such
  ///   as `Optional`, will do
  /// @throws dev.detent.RefusedException INVALID_INPUT with the `path` (a JSON pointer) at which it
  ///   does not fit, or with the message of the exception that a constructor threw
  public Object read(Json json, Type type) {
    try {
      Object value = read(strictByType, strict, json, type);
      if (value != null) {
        return value;
      }
    } catch (JacksonException e) {
      throw refused(Misfit.of(json, e));
    }
    throw refused(Misfit.missing(mapper.constructType(type).getRawClass()));
  }

  private static DetentException refused(Misfit misfit) {
    String where = misfit.path().isEmpty() ? "input" : "input " + misfit.path();
    return Problem.of(ErrorCode.INVALID_INPUT, where + ": " + misfit.message())
        .with("path", misfit.path())
        .exception();
  }

  /// Reads what was stored, perhaps by an older version of the type: unknown members are ignored.
  ///
  /// @return the value; null only where the type takes `null`
  /// @throws dev.detent.FailedException INTERNAL if it does not fit
  public @Nullable Object readStored(Json json, Type type) {
    try {
      return read(lenientByType, lenient, json, type);
    } catch (JacksonException e) {
      Misfit misfit = Misfit.of(json, e);
      String what = "stored " + type.getTypeName() + misfit.path() + ": " + misfit.message();
      var problem = Problem.of(ErrorCode.INTERNAL, what + "; make the type read what was stored");
      throw DetentException.of(problem, e);
    }
  }

  private @Nullable Object read(
      Map<Type, ObjectReader> known, ObjectReader base, Json json, Type type) {
    if (type == Json.class) {
      return json;
    }
    ObjectReader reader = known.get(type);
    if (reader == null) {
      reader = base.forType(mapper.constructType(type));
      if (known.size() < READERS_MAX) {
        known.put(type, reader);
      }
    }
    try {
      return reader.readValue(json.text());
    } catch (NumberFormatException e) {
      // Thrown bare for numbers beyond all limits, such as 1e99999999999.
      throw MismatchedInputException.from(null, mapper.constructType(type), "number").withCause(e);
    }
  }
}
