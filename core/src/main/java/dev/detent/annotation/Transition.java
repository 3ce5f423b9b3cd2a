// SPDX-License-Identifier: Apache-2.0
package dev.detent.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Marks a method as a transition; its name is the command.
///
/// Its first parameter is the state that it starts from: a record, or a sealed interface for
/// several. Without one it creates an instance. It returns where it goes: a record, a sealed
/// interface for several targets, or a `Next` of these. Further parameters, in any order: at most
/// one input, of any type that JSON can be read as; the `dev.detent.Key` of the instance; the
/// `java.time.Instant` of the decision; and last a `dev.detent.handler.Context`. Several methods of
/// the same name are one command in different states.
///
/// With a context the method is a durable handler: it may take long and have effects through the
/// context, and it survives crashes. Without one it must be pure: it may run several times for one
/// transition that is committed once.
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Transition {
  /// Describes the transition for people; it shows in the definition.
  String description() default "";
}
