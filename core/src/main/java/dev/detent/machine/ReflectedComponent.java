// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.annotation.Column;
import dev.detent.annotation.ColumnConverter;
import java.lang.reflect.Constructor;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Shows a component of a loaded record.
record ReflectedComponent(RecordComponent component) implements ComponentView {
  @Override
  public String name() {
    return component.getName();
  }

  @Override
  public String column() {
    Column mark = component.getAnnotation(Column.class);
    return mark == null ? "" : mark.value();
  }

  @Override
  public @Nullable TypeView held() {
    return raw(heldType());
  }

  @Override
  public String heldText() {
    return heldType().getTypeName();
  }

  /// Returns the type of what a column would hold.
  Type heldType() {
    Type type = optional(component.getGenericType());
    return type == null ? component.getGenericType() : type;
  }

  @Override
  public @Nullable Converter converter() {
    Class<?> converter = converterType();
    if (converter == null) {
      return null;
    }
    Type to = converted(converter);
    return to == null
        ? new Converter(converter.getSimpleName(), null, "", isMade(converter))
        : new Converter(converter.getSimpleName(), raw(to), to.getTypeName(), isMade(converter));
  }

  /// Returns the class of the converter, or null if there is none.
  @Nullable Class<?> converterType() {
    Column mark = component.getAnnotation(Column.class);
    return mark == null || mark.converter() == ColumnConverter.None.class ? null : mark.converter();
  }

  private static boolean isMade(Class<?> converter) {
    return Arrays.stream(converter.getDeclaredConstructors())
        .map(Constructor::getParameterCount)
        .anyMatch(count -> count == 0);
  }

  /// Returns what a converter makes, or null if its class does not say.
  static @Nullable Type converted(Class<?> converter) {
    for (Type above : converter.getGenericInterfaces()) {
      if (above instanceof ParameterizedType generic
          && generic.getRawType() == ColumnConverter.class) {
        return generic.getActualTypeArguments()[1];
      }
    }
    Class<?> parent = converter.getSuperclass();
    return parent == null ? null : converted(parent);
  }

  /// Returns what an `Optional` holds, or null if the type is none.
  static @Nullable Type optional(Type type) {
    boolean optional =
        type instanceof ParameterizedType generic && generic.getRawType() == Optional.class;
    return optional ? ((ParameterizedType) type).getActualTypeArguments()[0] : null;
  }

  private static @Nullable TypeView raw(Type type) {
    return switch (type) {
      case Class<?> c -> new ReflectedType(c);
      case ParameterizedType generic -> new ReflectedType((Class<?>) generic.getRawType());
      case GenericArrayType _ -> new ReflectedType(Object[].class);
      default -> null;
    };
  }
}
