// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import java.lang.annotation.Annotation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Shows a class to the rules, wherever it was found: loaded into this process, or in the hands of
/// a compiler. So there is one set of rules for both.
public interface ClassView {
  /// Returns the name without its package and enclosing classes.
  String simpleName();

  /// Returns the name of its package.
  String packageName();

  /// Tells whether other modules may call its methods by reflection, as far as that is known.
  boolean isOpen();

  /// Returns an annotation of the class itself, or null if it has none of that type.
  ///
  /// @param <A> the type of the annotation
  <A extends Annotation> @Nullable A mark(Class<A> type);

  /// Returns the methods in the order of the source, those of its superclasses first.
  List<MethodView> methods();
}
