// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.Batch;
import dev.detent.store.Claim;
import dev.detent.store.PartitionRow;
import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Holds a partition's row in a transaction of its own.
final class RowClaim implements Claim {
  private final Transactions transactions;
  private final Session session;
  private final Binding binding;
  private final Mappings mappings;
  private final PartitionRow row;
  private boolean over;

  private RowClaim(
      Transactions transactions,
      Session session,
      Binding binding,
      Mappings mappings,
      PartitionRow row) {
    this.transactions = transactions;
    this.session = session;
    this.binding = binding;
    this.mappings = mappings;
    this.row = row;
  }

  /// Waits for a partition's row, but not for long.
  ///
  /// @return null if it could not be had
  static @Nullable RowClaim wait(
      int partition, Transactions transactions, Binding binding, Mappings mappings) {
    var lock =
        new Question<Integer, PartitionRow>(
            "joined-lock", Shapes.PARTITION, List.of(partition), Rows::partition);
    Session session = null;
    try {
      session = transactions.begin("claim");
      binding.ask(session, "transaction", List.of(lock));
      return new RowClaim(transactions, session, binding, mappings, lock.found().getFirst());
    } catch (SQLException | StoreException e) {
      System.getLogger(RowClaim.class.getName()).log(System.Logger.Level.DEBUG, "claim", e);
      if (session != null) {
        transactions.end(session, Kind.REJECTED);
      }
      return null;
    }
  }

  @Override
  public PartitionRow row() {
    return row;
  }

  @Override
  public void commit(Batch batch) {
    String what = "commit " + batch.id();
    var commit = Commit.held(batch, binding, mappings);
    try {
      commit.lock(session);
    } catch (SQLException e) {
      over = true;
      StoreException failure = transactions.failure(what, e, false);
      transactions.end(session, failure.kind());
      throw failure;
    }
    over = true;
    Boolean _ = transactions.finish(what, session, commit::write, true);
  }

  @Override
  public boolean over() {
    return over;
  }

  @Override
  public void close() {
    if (!over) {
      over = true;
      transactions.end(session, Kind.REJECTED);
    }
  }
}
