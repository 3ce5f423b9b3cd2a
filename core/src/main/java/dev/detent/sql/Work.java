// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// Does something within one transaction.
interface Work<T extends @Nullable Object> {
  /// Runs on a session; neither commits nor rolls back.
  T run(Session session) throws SQLException;
}
