// SPDX-License-Identifier: Apache-2.0
/// Moves instances inside the application's own transactions; best for machines whose instances are
/// rows of its own tables.
///
/// Start with [Tables][dev.detent.table.Tables]: with a store and no engine at all, or with an
/// engine that runs. [Refusal][dev.detent.table.Refusal] tells why something was refused, for a
/// `switch`. Invariants: what is refused leaves no trace, and the transaction stays usable; nothing
/// is committed here but by whoever owns the transaction. May import everything of the library but
/// `sql` and `event`. How rows are read and written is not here but in `sql`, what is decided in
/// `engine`.
@NullMarked
package dev.detent.table;

import org.jspecify.annotations.NullMarked;
