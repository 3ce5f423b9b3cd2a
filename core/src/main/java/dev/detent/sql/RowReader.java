// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import java.sql.ResultSet;
import java.sql.SQLException;

/// Makes a value of the current row of a result.
interface RowReader<T> {
  /// Reads the row; does not move on.
  T read(ResultSet row) throws SQLException;
}
