// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/// Runs a statement once for each row: right where a call costs less than packing the rows.
final class RowBinding implements StepwiseBinding {
  /// The driver keeps the values of a batch, and clears as many each time as it has ever kept.
  private static final int BATCH_MAX = 64;

  @Override
  public boolean locksRows() {
    return false;
  }

  @Override
  public <R, T> void ask(Session session, Question<R, T> question) throws SQLException {
    PreparedStatement statement = session.statement(question.statement());
    for (R row : question.rows()) {
      bind(statement, question.shape(), row);
      Session.collect(statement, question.reader(), question.found());
    }
  }

  @Override
  public <R> long apply(Session session, Change<R> change) throws SQLException {
    PreparedStatement statement = change.prepared(session);
    statement.clearBatch(); // what a failed commit left
    long count = 0;
    int waiting = 0;
    for (R row : change.rows()) {
      bind(statement, change.shape(), row);
      statement.addBatch();
      if (++waiting == BATCH_MAX) {
        count += execute(statement);
        waiting = 0;
      }
    }
    return waiting == 0 ? count : count + execute(statement);
  }

  private static long execute(PreparedStatement statement) throws SQLException {
    long count = 0;
    for (int hit : statement.executeBatch()) {
      count += hit == Statement.SUCCESS_NO_INFO ? 1 : hit;
    }
    return count;
  }

  private static <R> void bind(PreparedStatement statement, Shape<R> shape, R row)
      throws SQLException {
    int index = 1;
    for (Column<R> column : shape.columns()) {
      column.bind(statement, index++, row);
    }
  }
}
