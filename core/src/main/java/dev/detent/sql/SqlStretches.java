// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.Stretch;
import dev.detent.store.Stretches;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Keeps the stretches of the lasting order in a table.
///
/// Who writes changes the row of the last one first, so that of two that do so at once one sees
/// that it is not the last one any more.
///
/// **Threads**: safe for any number of threads.
final class SqlStretches implements Stretches {
  private final Transactions transactions;

  SqlStretches(Transactions transactions) {
    this.transactions = transactions;
  }

  @Override
  public @Nullable Stretch last() {
    List<Stretch> found = list("stretch-last");
    return found.isEmpty() ? null : found.getFirst();
  }

  @Override
  public List<Stretch> until(long at) {
    return list("stretch-until", at);
  }

  @Override
  public List<Stretch> from(long at) {
    return list("stretch-from", at);
  }

  @Override
  public boolean extend(Stretch last, Stretch longer) {
    return write(session ->
        session.update("stretch-extend", longer.ceiling(), text(longer), last.floor(), text(last))
            == 1);
  }

  @Override
  public boolean follow(@Nullable Stretch last, Stretch next) {
    return write(session ->
        (last == null || session.update("stretch-close", last.floor(), text(last)) == 1)
            && session.update("stretch-insert", next.floor(), next.ceiling(), text(next)) == 1);
  }

  @Override
  public void drop(Stretch oldest) {
    var _ = write(session -> session.update("stretch-delete", oldest.floor()) == 1);
  }

  private List<Stretch> list(String name, Object... parameters) {
    return transactions.read(
        "stretches", session -> session.list(name, SqlStretches::stretch, parameters));
  }

  private boolean write(Work<Boolean> work) {
    return transactions.write(
        "stretches",
        session -> {
          session.run("transaction");
          return work.run(session);
        });
  }

  private static String text(Stretch stretch) {
    return stretch.offsets().toString().replace(" ", "");
  }

  private static Stretch stretch(ResultSet row) throws SQLException {
    String offsets = row.getString(3);
    List<Long> parsed =
        Arrays.stream(offsets.substring(1, offsets.length() - 1).split(","))
            .map(Long::valueOf)
            .toList();
    return new Stretch(row.getLong(1), row.getLong(2), parsed);
  }
}
