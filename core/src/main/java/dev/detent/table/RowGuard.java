// SPDX-License-Identifier: Apache-2.0
package dev.detent.table;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.engine.JoinedTransaction;
import org.jspecify.annotations.Nullable;

/// Compares a row's own version with the one that a caller has read.
///
/// @param expected the version that was read
record RowGuard(long expected) {
  /// Locks a row and refuses it if it has another version.
  ///
  /// @param creates whether a row that is missing is refused too; else whoever moves it will say so
  void require(JoinedTransaction transaction, Key key, boolean creates) {
    Long found = transaction.rowVersion(key);
    boolean missed = found == null ? creates : found != expected;
    if (missed) {
      throw moved(key, found).exception();
    }
  }

  private Problem moved(Key key, @Nullable Long found) {
    Problem problem =
        Problem.of(
                ErrorCode.VERSION_MISMATCH,
                "%s: expected version %d in its row, got %s; read it again"
                    .formatted(key, expected, found == null ? "no row" : "version " + found))
            .at(key);
    return found == null ? problem : problem.with("rowVersion", found);
  }
}
