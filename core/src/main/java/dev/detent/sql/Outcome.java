// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.Batch;
import dev.detent.store.Fence;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// Holds what a partition's row says of the last commits of its owners.
record Outcome(long epoch, @Nullable String owner, @Nullable String fenced) {
  /// Finds out whether a batch is committed, when whoever may be committing it has ended.
  static @Nullable Boolean of(Session session, Batch batch) throws SQLException {
    Fence fence = batch.fences().getFirst();
    session.run("patience");
    return session
        .list("partition-outcome", Outcome::read, fence.partition())
        .getFirst()
        .of(batch.id(), fence.epoch());
  }

  private static Outcome read(ResultSet row) throws SQLException {
    return new Outcome(row.getLong(1), row.getString(2), row.getString(3));
  }

  private @Nullable Boolean of(String batch, long then) {
    if (epoch == then) {
      return batch.equals(owner);
    }
    return epoch == then + 1 ? batch.equals(fenced) : null;
  }
}
