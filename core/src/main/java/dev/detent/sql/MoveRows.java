// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import java.sql.SQLException;
import java.util.List;

/// Turns the instances and events of a batch into changes.
///
/// Each event is chained to the one before it of its instance.
sealed interface MoveRows permits ChainedRows, NumberedRows {
  /// Returns the changes in their order; some may have no rows.
  List<Change<?>> changes();

  /// Looks up what they need to know, in the transaction that writes them, once nobody else can
  /// write.
  void prepare(Session session) throws SQLException;

  /// Takes note that they are committed.
  void committed();
}
