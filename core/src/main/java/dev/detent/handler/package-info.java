// SPDX-License-Identifier: Apache-2.0
/// Holds what the code of a durable handler sees: side effects that are recorded, durable pauses,
/// calls to other instances, answers from outside, and the failures among them.
///
/// Start with [Context][dev.detent.handler.Context]. A handler that fails for good leaves the state
/// untouched; an effect runs at least once, and never again once it is recorded. May import the
/// root package. How a journal is kept and replayed is not here but in the journal package; which
/// methods are handlers, the machine package says.
@NullMarked
package dev.detent.handler;

import org.jspecify.annotations.NullMarked;
