// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.StoreException;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/// Brings a database to the schema that this code knows, and fixes the count of partitions when the
/// store is new.
///
/// **Guarantees**: several processes may start at once on an empty database of a server. Where
/// making a table ends the transaction, as on MariaDB, each statement of a migration does nothing
/// when it was done before; so one that a crash cut short is completed by whoever starts next.
final class Migrations {
  /// The schema that this code knows.
  static final int SCHEMA = 1;

  /// The format of keys, partitions and documents that this code knows.
  private static final int FORMAT = 6;

  private static final int TRIES = 5;

  private final Dialect dialect;
  private final Transactions transactions;

  Migrations(Dialect dialect, Transactions transactions) {
    this.dialect = dialect;
    this.transactions = transactions;
  }

  /// Returns all tables as a script that a person can run beforehand.
  static String ddl(Dialect dialect) {
    var script = new StringBuilder();
    for (int version = 1; version <= SCHEMA; version++) {
      script.append(dialect.migration(version)).append('\n');
    }
    script.append("insert into detent_meta (name, value) values ('schema', '" + SCHEMA + "');\n");
    return script.toString();
  }

  /// Migrates as far as needed.
  ///
  /// @param partitions how many partitions a new store gets
  /// @return how many the store has
  int run(int partitions) {
    createMeta();
    return transactions.write("migration", session -> migrate(session, partitions));
  }

  /// Creates the first table. Two processes that do so at once may disturb each other although it
  /// says `if not exists`; then the table is there at the next look.
  private void createMeta() {
    String first = Statements.split(dialect.migration(1)).getFirst();
    for (int attempt = 1; ; attempt++) {
      try {
        transactions.write("migration", session -> createMeta(session, first));
        return;
      } catch (StoreException e) {
        if (attempt == TRIES || e.kind() != StoreException.Kind.REJECTED) {
          throw e;
        }
      }
    }
  }

  private static boolean createMeta(Session session, String first) throws SQLException {
    boolean missing = session.list("meta-exists", row -> row.getLong(1)).getFirst() == 0;
    if (missing) {
      session.run(List.of(first));
    }
    return missing;
  }

  private int migrate(Session session, int partitions) throws SQLException {
    session.run("meta-lock");
    int schema = number(session, "schema");
    if (schema > SCHEMA) {
      throw new StoreException(
          StoreException.Kind.UNAVAILABLE,
          "schema: expected version %d or older, got %d; run a newer Detent on this store"
              .formatted(SCHEMA, schema),
          null);
    }
    for (int version = schema + 1; version <= SCHEMA; version++) {
      session.run(Statements.split(dialect.migration(version)));
      session.run("meta-lock"); // where tables can't be made within a transaction, that ended it
      session.update("meta-write", "schema", String.valueOf(version));
    }
    int stored = number(session, "partitions");
    if (stored == 0) {
      return divide(session, partitions);
    }
    requireFormat(number(session, "format"));
    return stored;
  }

  private static void requireFormat(int format) {
    if (format != FORMAT) {
      throw new StoreException(
          StoreException.Kind.UNAVAILABLE,
          "format: expected %d, got %d; a store of another build from before the first release "
                  .formatted(FORMAT, format)
              + "can't be read: choose another place",
          null);
    }
  }

  private static int divide(Session session, int partitions) throws SQLException {
    for (int partition = 0; partition < partitions; partition++) {
      session.update("partition-insert", partition);
    }
    session.run("partition-spread");
    session.update("meta-write", "format", String.valueOf(FORMAT));
    session.update("meta-write", "secret", UUID.randomUUID() + "-" + UUID.randomUUID());
    session.update("meta-write", "partitions", String.valueOf(partitions));
    return partitions;
  }

  private static int number(Session session, String name) throws SQLException {
    List<String> values = session.list("meta-value", row -> row.getString(1), name);
    return values.isEmpty() ? 0 : Integer.parseInt(values.getFirst());
  }
}
