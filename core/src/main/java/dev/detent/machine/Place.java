// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import java.lang.annotation.Annotation;

/// Says where in a definition something stands, for a compiler that shows it.
public sealed interface Place {
  /// Anywhere: the definition as a whole.
  Place WHOLE = new Whole();

  /// The definition as a whole.
  record Whole() implements Place {}

  /// A member of an annotation on the class.
  ///
  /// @param mark the annotation
  /// @param member its name, or an empty text for the annotation itself
  record InClassMark(Class<? extends Annotation> mark, String member) implements Place {}

  /// A method.
  ///
  /// @param method the method
  record AtMethod(MethodView method) implements Place {}

  /// A parameter of a method.
  ///
  /// @param method the method
  /// @param index which one, counted from 0
  record AtParameter(MethodView method, int index) implements Place {}

  /// An annotation on a method, at its value if it has one.
  ///
  /// @param method the method
  /// @param mark the annotation
  record InMark(MethodView method, Class<? extends Annotation> mark) implements Place {}

  /// A component of a record.
  ///
  /// @param component the component
  record AtComponent(ComponentView component) implements Place {}

  /// A type.
  ///
  /// @param type the type
  record AtType(TypeView type) implements Place {}
}
