// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

/// Ends a transaction that is to leave no trace, although the database is well.
final class Undone extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Ends it.
  ///
  /// @param why what its maker is told
  Undone(Exception why) {
    super(null, why, false, false);
  }
}
