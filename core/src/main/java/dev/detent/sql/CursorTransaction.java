// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.ConsumerSql;
import dev.detent.store.CursorRow;
import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Runs the user's SQL and what Detent writes down about it in one transaction.
///
/// The user's SQL comes first, so that nobody waits for it at a cursor. Whether the cursor is still
/// the caller's is found out last, and holds until COMMIT, since that is a write to its row.
final class CursorTransaction implements Work<Boolean> {
  private static final Set<String> UNWELL = Set.of("08", "40", "53", "57", "58", "70");

  private final Transactions transactions;
  private final CursorRow held;
  private final ConsumerSql work;
  private final Mark mark;

  /// Writes down what has been done.
  interface Mark {
    /// Writes.
    ///
    /// @return whether the cursor was still where it is held
    boolean write(Session session) throws SQLException;
  }

  CursorTransaction(Transactions transactions, CursorRow held, ConsumerSql work, Mark mark) {
    this.transactions = transactions;
    this.held = held;
    this.work = work;
    this.mark = mark;
  }

  @Override
  public Boolean run(Session session) throws SQLException {
    if (!work.equals(ConsumerSql.NONE)) {
      session.run("patience");
      session.run("transact-begin");
      work(session);
      end(session);
    }
    session.run("transaction");
    if (!mark.write(session)) {
      throw new StoreException(
          Kind.FENCED,
          "cursor of %s in partition %d: expected owner %s, epoch %d and offset %d, got others; %s"
              .formatted(
                  held.consumer(),
                  held.partition(),
                  held.owner(),
                  held.epoch(),
                  held.offset(),
                  "nothing was written"),
          null);
    }
    return true;
  }

  private void work(Session session) {
    try (var lent = new LentConnection(session.connection())) {
      work.run(lent.proxy());
    } catch (Exception e) {
      SQLException unwell = unwell(e);
      if (unwell != null) {
        throw transactions.failure("consumer " + held.consumer(), unwell, false);
      }
      throw new Undone(e);
    }
  }

  /// Returns what says that the database, not the SQL, is the cause, or null.
  private @Nullable SQLException unwell(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof SQLException e && isUnwell(e)) {
        return e;
      }
    }
    return null;
  }

  /// Tells whether an error is the database's own: a lost connection, a deadlock, a lack of room.
  private boolean isUnwell(SQLException e) {
    String state = e.getSQLState();
    boolean known = state != null && state.length() >= 2;
    boolean telling = known ? UNWELL.contains(state.substring(0, 2)) : e.getErrorCode() != 0;
    return telling && transactions.kind(e) == Kind.UNAVAILABLE;
  }

  /// Finds out whether the transaction is still the one that was begun, and whole.
  private static void end(Session session) {
    try {
      session.run("transact-end");
    } catch (SQLException e) {
      throw new Undone(
          new IllegalStateException(
              "handle: expected a transaction that is open and whole, got '%s'; leave its end to"
                      .formatted(e.getMessage())
                  + " Detent, and throw when a statement fails",
              e));
    }
  }
}
