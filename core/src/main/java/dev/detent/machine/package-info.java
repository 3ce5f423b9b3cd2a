// SPDX-License-Identifier: Apache-2.0
/// Defines machines: states, commands, transitions, timeouts, queries; reads definitions from an
/// annotated class, from code and from JSON; checks and draws them.
///
/// Start with [Machine][dev.detent.machine.Machine]. A machine is immutable and knows nothing of
/// instances, stores or time. May import the root package, annotation, codec and handler, whose
/// context its methods may take.
@NullMarked
package dev.detent.machine;

import org.jspecify.annotations.NullMarked;
