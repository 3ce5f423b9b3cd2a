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

  /// Says how long results of invocations and answers to idempotent requests are kept, counted from
  /// their end: `24h`, `30d` or ISO-8601 such as `PT24H`, 0 to 3,650 days. Empty means as long as
  /// the engine keeps them otherwise, by default 24 hours. Not part of the definition's hash.
  String retention() default "";

  /// Says that the machine is free: its creating transitions may lead to several states. Without it
  /// they all lead to one.
  boolean arcs() default false;
}
