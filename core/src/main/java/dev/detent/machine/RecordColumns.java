// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.codec.Codec;
import dev.detent.codec.Json;
import dev.detent.codec.Value;
import dev.detent.store.MappedColumn;
import dev.detent.store.MappedState;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Turns the record of a state into values of columns, and back.
final class RecordColumns implements MappedState {
  private final Class<?> type;
  private final Codec codec;
  private final List<Part> parts;
  private final List<MappedColumn> columns;
  private final MethodHandle constructor;

  /// Holds what is known of a component.
  ///
  /// @param name its name
  /// @param type its type
  /// @param column its column
  /// @param form what it is there
  /// @param accessor reads it; takes and returns an `Object`
  /// @param time whether it is a time that Detent would set otherwise
  record Part(
      String name,
      Type type,
      MappedColumn column,
      ColumnForm form,
      MethodHandle accessor,
      boolean time) {
    boolean isOptional() {
      return ReflectedComponent.optional(type) != null;
    }
  }

  /// Prepares it.
  ///
  /// @param type the record
  /// @param codec writes and reads it
  /// @param parts its components in their order
  /// @param constructor takes an array of all components, and returns an `Object`
  RecordColumns(Class<?> type, Codec codec, List<Part> parts, MethodHandle constructor) {
    this.type = type;
    this.codec = codec;
    this.parts = List.copyOf(parts);
    this.columns = parts.stream().map(Part::column).toList();
    this.constructor = constructor;
  }

  @Override
  public List<MappedColumn> columns() {
    return columns;
  }

  @Override
  public @Nullable Object[] split(String data) {
    if (parts.isEmpty()) {
      return new Object[0];
    }
    Object state = Objects.requireNonNull(codec.readStored(Json.trusted(data), type), data);
    @Nullable Object[] values = new @Nullable Object[parts.size()];
    for (int i = 0; i < values.length; i++) {
      Part part = parts.get(i);
      Object value = read(part, state);
      values[i] = value == null ? null : part.form.out().apply(value);
    }
    return values;
  }

  /// Refuses a time that the record must give and does not.
  ///
  /// @throws dev.detent.RefusedException INVALID_INPUT with the component's `path`
  void requireTimes(Value value, Codec decoding) {
    if (parts.stream().noneMatch(Part::time)) {
      return;
    }
    Object state = value.as(type, decoding);
    for (Part part : parts) {
      Object given = part.time ? read(part, state) : Instant.MAX;
      if (given == null || given.equals(Instant.EPOCH)) {
        String got = given == null ? "null" : "zero (" + given + ")";
        throw Problem.of(
                ErrorCode.INVALID_INPUT,
                type.getSimpleName()
                    + "."
                    + part.name
                    + ": expected a time, got "
                    + got
                    + "; give one, or leave the component out for Detent to set the column")
            .with("path", "/" + part.name)
            .exception();
      }
    }
  }

  private static @Nullable Object read(Part part, Object state) {
    Object value;
    try {
      value = (Object) part.accessor.invokeExact(state);
    } catch (Throwable e) {
      throw new IllegalStateException(part.name + ": the accessor failed: " + e.getMessage(), e);
    }
    return value instanceof Optional<?> optional ? optional.orElse(null) : value;
  }

  @Override
  public String join(@Nullable Object[] values) {
    try {
      return codec.write(record(values)).text();
    } catch (Throwable e) {
      return asItIs(values); // a record may refuse what somebody wrote by plain SQL
    }
  }

  private Object record(@Nullable Object[] values) throws Throwable {
    @Nullable Object[] arguments = new @Nullable Object[values.length];
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      Object read = value == null ? null : parts.get(i).form.in().apply(value);
      arguments[i] = parts.get(i).isOptional() ? Optional.ofNullable(read) : read;
    }
    return (Object) constructor.invokeExact(arguments);
  }

  private String asItIs(@Nullable Object[] values) {
    var members = new LinkedHashMap<String, Json>();
    for (int i = 0; i < values.length; i++) {
      members.put(parts.get(i).name, member(parts.get(i), values[i]));
    }
    return Json.object(members).text();
  }

  private Json member(Part part, @Nullable Object value) {
    if (value == null) {
      return Json.NULL;
    }
    try {
      return codec.write(part.form.in().apply(value), part.type);
    } catch (RuntimeException e) {
      return Codec.standard().write(value);
    }
  }
}
