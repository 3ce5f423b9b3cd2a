// SPDX-License-Identifier: Apache-2.0
/// Runs handlers, and runs them again: what a handler does is recorded as entries of its journal,
/// and what is recorded is remembered instead of done.
///
/// Start with [Attempt][dev.detent.journal.Attempt], which is one run on a thread of its own, and
/// [Journal][dev.detent.journal.Journal], which is all that it wants of the engine. Nothing is
/// passed before it is durable; a handler whose code no longer fits its journal is stopped, not
/// guessed at. May import the root package, codec, store (for its rows), handler and machine. When
/// attempts are begun and repeated, and how entries come to be completed, is the engine's.
@NullMarked
package dev.detent.journal;

import org.jspecify.annotations.NullMarked;
