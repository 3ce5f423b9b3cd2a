// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import java.lang.annotation.Annotation;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Shows a loaded class as a type.
record ReflectedType(Class<?> type) implements TypeView {
  @Override
  public Form form() {
    if (type.isRecord()) {
      return Form.RECORD;
    } else if (type.isEnum()) {
      return Form.ENUM;
    } else if (type.isInterface()) {
      return type.isSealed() ? Form.SEALED_INTERFACE : Form.INTERFACE;
    }
    return type.isPrimitive() || type.isArray() ? Form.OTHER : Form.CLASS;
  }

  @Override
  public String name() {
    return type.getTypeName();
  }

  @Override
  public String simpleName() {
    return type.getSimpleName();
  }

  @Override
  public boolean isMarked(Class<? extends Annotation> mark) {
    return type.isAnnotationPresent(mark);
  }

  @Override
  public List<TypeView> permitted() {
    Class<?>[] permitted = type.getPermittedSubclasses();
    return permitted == null ? List.of() : views(permitted);
  }

  @Override
  public List<TypeView> interfaces() {
    return views(type.getInterfaces());
  }

  static List<TypeView> views(Class<?>[] types) {
    return Stream.of(types).<TypeView>map(ReflectedType::new).toList();
  }

  @Override
  public List<ComponentView> components() {
    RecordComponent[] components = type.getRecordComponents();
    return components == null
        ? List.of()
        : Stream.of(components).<ComponentView>map(ReflectedComponent::new).toList();
  }

  @Override
  public boolean isA(Class<?> above) {
    return above.isAssignableFrom(type);
  }

  @Override
  public boolean isAssignableFrom(TypeView other) {
    Class<?> loaded = other.loaded();
    return loaded != null && type.isAssignableFrom(loaded);
  }

  @Override
  public @Nullable Class<?> loaded() {
    return type;
  }
}
