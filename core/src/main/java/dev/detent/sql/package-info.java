// SPDX-License-Identifier: Apache-2.0
/// Keeps everything in a SQL database: SQLite, PostgreSQL and MariaDB.
///
/// Start with [SqlStore][dev.detent.sql.SqlStore]. The SQL is text in named sections, the file
/// `statements.sql` in a folder for each dialect, with the same names in each; the tables are in
/// `migration-1.sql` beside it. Invariants: a commit moves its fences first and sends COMMIT only
/// after every count was checked; no connection goes back to work with a transaction left open. May
/// import the root package, codec and store. No rules about machines are here, and no threads.
@NullMarked
package dev.detent.sql;

import org.jspecify.annotations.NullMarked;
