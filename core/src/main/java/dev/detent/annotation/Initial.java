// SPDX-License-Identifier: Apache-2.0
package dev.detent.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Marks the method that returns the initial state.
///
/// Without parameters it is called once, and every key that was never touched is in that state.
/// With an input it is a creating transition: its name is the command that creates an instance.
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Initial {}
