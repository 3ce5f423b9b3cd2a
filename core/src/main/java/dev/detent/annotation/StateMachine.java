// SPDX-License-Identifier: Apache-2.0
package dev.detent.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Marks a class that defines a machine. Its states are the records of one sealed interface, which
/// is found from what the marked methods return. One object of the class serves all instances, from
/// several threads at once, so it should have no fields that change.
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface StateMachine {
  /// Names the machine: `[A-Za-z][A-Za-z0-9_.-]{0,63}`.
  String value();
}
