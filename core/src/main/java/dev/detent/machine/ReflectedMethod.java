// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Shows a method of a loaded class.
record ReflectedMethod(Method method) implements MethodView {
  @Override
  public String name() {
    return method.getName();
  }

  @Override
  public <A extends Annotation> @Nullable A mark(Class<A> type) {
    return method.getAnnotation(type);
  }

  @Override
  public boolean isPrivate() {
    return Modifier.isPrivate(method.getModifiers());
  }

  @Override
  public boolean isStatic() {
    return Modifier.isStatic(method.getModifiers());
  }

  @Override
  public List<TypeView> parameters() {
    return ReflectedType.views(method.getParameterTypes());
  }

  @Override
  public TypeView returned() {
    return new ReflectedType(method.getReturnType());
  }

  @Override
  public @Nullable TypeView returnedArgument() {
    return method.getGenericReturnType() instanceof ParameterizedType type
        ? new ReflectedType(raw(type.getActualTypeArguments()[0]))
        : null;
  }

  @Override
  public String returnText() {
    return method.getGenericReturnType().getTypeName();
  }

  /// Returns the declared type of what it returns or, in a `Next`, answers.
  Type answer() {
    boolean next = method.getReturnType() == Next.class;
    return next && method.getGenericReturnType() instanceof ParameterizedType type
        ? bound(type.getActualTypeArguments()[1])
        : method.getGenericReturnType();
  }

  private static Type bound(Type type) {
    return switch (type) {
      case WildcardType wildcard -> wildcard.getUpperBounds()[0];
      case TypeVariable<?> variable -> variable.getBounds()[0];
      default -> type;
    };
  }

  private static Class<?> raw(Type type) {
    return switch (bound(type)) {
      case Class<?> c -> c;
      case ParameterizedType parameterized -> (Class<?>) parameterized.getRawType();
      default -> Object.class;
    };
  }
}
