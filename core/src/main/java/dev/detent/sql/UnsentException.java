// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import java.io.Serial;
import java.sql.SQLException;

/// Says that a statement failed before anything of it was sent: there is nothing to take back.
final class UnsentException extends SQLException {
  @Serial private static final long serialVersionUID = 1;

  UnsentException(SQLException cause) {
    super(cause.getMessage(), cause.getSQLState(), cause);
  }
}
