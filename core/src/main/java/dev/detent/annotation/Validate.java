// SPDX-License-Identifier: Apache-2.0
package dev.detent.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Marks a method that may refuse a transition by throwing an exception; it returns nothing.
///
/// Its state parameters, each a record or a sealed interface, say which transitions it looks at:
///
/// - `check(Pending from, Completed to)`: from one to the other; after the transition's code has
///   made the new state, before anything is written.
/// - `check(Completed to)`: into that state, also when an instance is created; at the same moment.
/// - `check(Pending from)` with [#before]: out of that state, before the transition's code runs.
///
/// Further parameters: the `dev.detent.Key` of the instance and the `java.time.Instant` of the
/// decision. It is pure, like a transition without a context, and runs on every path: commands,
/// timeouts, handlers, callers' transactions. What it refuses leaves no trace: no row, no event, no
/// offset.
///
/// With a `java.sql.Connection` as last parameter it may read what is written, in the transaction
/// that writes it. That is known in a caller's transaction only, so elsewhere it does not run.
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Validate {
  /// Says whether it runs before the transition's code; its one state parameter is then the state
  /// that is left.
  boolean before() default false;
}
