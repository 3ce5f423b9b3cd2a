// SPDX-License-Identifier: Apache-2.0
package dev.detent.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Marks a method as a transition that happens by itself when its from-state has lasted so long.
///
/// Its shape is that of a [Transition] without input; it may take a context. Its name is the
/// timeout's: renaming it drops the timers that are running.
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface After {
  /// Says how long: `500ms`, `10s`, `5m`, `2h`, `1d` or ISO-8601 such as `PT30M`.
  String value();

  /// Describes the transition for people; it shows in the definition.
  String description() default "";
}
