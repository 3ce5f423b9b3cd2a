// SPDX-License-Identifier: Apache-2.0
/// Marks a class as a machine and its methods as transitions, timeouts and queries.
///
/// Start with [StateMachine][dev.detent.annotation.StateMachine]. The annotations only mark: what
/// they mean is read by the machine package, at run time. They are a package of their own since the
/// values that come out have the same names, and a compiler's checks need nothing else. May import
/// nothing.
@NullMarked
package dev.detent.annotation;

import org.jspecify.annotations.NullMarked;
