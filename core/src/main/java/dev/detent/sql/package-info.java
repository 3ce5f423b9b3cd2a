// SPDX-License-Identifier: Apache-2.0
/// Keeps everything in a SQL database: SQLite and PostgreSQL.
///
/// Start with `SqlStore`. May import the root package, codec and store.
@NullMarked
package dev.detent.sql;

import org.jspecify.annotations.NullMarked;
