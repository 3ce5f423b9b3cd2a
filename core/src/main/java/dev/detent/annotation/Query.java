// SPDX-License-Identifier: Apache-2.0
package dev.detent.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Marks a method that answers a question about a committed state; its name is the question's.
///
/// Its first parameter is the state: a record, or a sealed interface for several. It may also take
/// the `dev.detent.Key` of the instance and the `java.time.Instant` of the question.
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Query {}
