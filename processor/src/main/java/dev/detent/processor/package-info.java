// SPDX-License-Identifier: Apache-2.0
/// Checks machines while they are compiled: the rules of definitions, at the line that breaks them.
///
/// Start with [MachineProcessor][dev.detent.processor.MachineProcessor], which javac finds by
/// itself. It shows the compiler's classes to the rules of the machine package, so no rule is
/// written twice and the messages are those of the run time. Nothing at run time needs this
/// package. May import the root package, annotation and machine. Not here: rules and diagrams,
/// which are the machine package's.
@NullMarked
package dev.detent.processor;

import org.jspecify.annotations.NullMarked;
