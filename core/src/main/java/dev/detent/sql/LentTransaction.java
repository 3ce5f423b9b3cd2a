// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.Joined;
import dev.detent.store.Joining;
import java.sql.SQLException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Lends a transaction to somebody's work, and finds out afterwards whether it is still whole.
///
/// @param work what to run
/// @param joins lets it take part
record LentTransaction<T extends @Nullable Object>(Joining<T> work, Function<Session, Joined> joins)
    implements Work<T> {
  @Override
  public T run(Session session) throws SQLException {
    session.run("patience");
    session.run("transact-begin");
    T result = lend(session);
    StepTransaction.end(session);
    return result;
  }

  private T lend(Session session) {
    try (var lent = new LentConnection(session.connection())) {
      return work.run(lent.proxy(), joins.apply(session));
    } catch (Exception e) {
      throw new Undone(e);
    }
  }
}
