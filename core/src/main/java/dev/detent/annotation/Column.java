// SPDX-License-Identifier: Apache-2.0
package dev.detent.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Says which column of a mapped table holds a component of a state's record.
@Documented
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Column {
  /// Names the column; empty for the component's name in snake case.
  String value() default "";

  /// Says what makes the component a value that a column can hold, and back; needed only for types
  /// that are not known. It has a constructor without parameters.
  Class<? extends ColumnConverter<?, ?>> converter() default ColumnConverter.None.class;
}
