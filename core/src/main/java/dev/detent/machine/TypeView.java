// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import java.lang.annotation.Annotation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Shows an erased type to the rules. Views of the same type are equal.
public interface TypeView {
  /// Says what kind of type it is.
  enum Form {
    /// A record.
    RECORD("a record"),
    /// A sealed interface.
    SEALED_INTERFACE("a sealed interface"),
    /// Another interface.
    INTERFACE("an interface that is not sealed"),
    /// An enum.
    ENUM("an enum"),
    /// Another class.
    CLASS("a class"),
    /// A primitive type, an array or void.
    OTHER("a type without a name of its own");

    private final String words;

    Form(String words) {
      this.words = words;
    }
  }

  /// Returns what kind of type it is.
  Form form();

  /// Returns the full name as [Class#getTypeName] writes it.
  String name();

  /// Returns the name without its package and enclosing classes.
  String simpleName();

  /// Tells whether the type carries an annotation.
  boolean isMarked(Class<? extends Annotation> type);

  /// Returns the types that a sealed interface permits, in the order of their declaration.
  List<TypeView> permitted();

  /// Returns the interfaces that it names itself.
  List<TypeView> interfaces();

  /// Returns the components of a record.
  List<ComponentView> components();

  /// Tells whether a value of this type is one of a class or interface of Java's.
  boolean isA(Class<?> type);

  /// Tells whether a value of another type is one of this type.
  boolean isAssignableFrom(TypeView other);

  /// Returns the class, or null if it is not loaded.
  default @Nullable Class<?> loaded() {
    return null;
  }

  /// Tells whether it shows the type that a class stands for.
  default boolean is(Class<?> type) {
    return name().equals(type.getTypeName());
  }

  /// Returns what kind of type it is, for messages.
  default String word() {
    return form() == Form.OTHER ? simpleName() : form().words;
  }
}
