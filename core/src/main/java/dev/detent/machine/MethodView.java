// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import java.lang.annotation.Annotation;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Shows a method to the rules. Types are erased ones, but for [#returnText].
public interface MethodView {
  /// Returns the name.
  String name();

  /// Returns an annotation of the method, or null if it has none of that type.
  ///
  /// @param <A> the type of the annotation
  <A extends Annotation> @Nullable A mark(Class<A> type);

  /// Tells whether it is private.
  boolean isPrivate();

  /// Tells whether it is static.
  boolean isStatic();

  /// Returns the types of the parameters.
  List<TypeView> parameters();

  /// Returns the type of what it returns.
  TypeView returned();

  /// Returns the first type argument of what it returns, or its bound; null if it has none.
  @Nullable TypeView returnedArgument();

  /// Returns the whole type of what it returns, as [java.lang.reflect.Type#getTypeName] writes it.
  String returnText();

  /// Returns how to call the method in messages.
  default String label() {
    return parameters().stream()
        .map(TypeView::simpleName)
        .collect(Collectors.joining(", ", "method " + name() + "(", ")"));
  }
}
