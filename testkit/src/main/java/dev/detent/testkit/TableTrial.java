// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.detent.Key;
import dev.detent.RefusedException;
import dev.detent.annotation.Table;
import dev.detent.machine.Machine;
import dev.detent.machine.TableDefinition;
import dev.detent.sql.SqlStore;
import dev.detent.store.InstanceRow;
import dev.detent.store.Seen;
import dev.detent.store.Store;
import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// Lets the contract of mapped tables use a store and, beside it, plain SQL.
abstract class TableTrial {
  static final Key ONE = new Key("order", "1");
  static final String CREATED = MappedThings.json(new MappedThings.Order.Created("ann", 5));
  static final String PAID = MappedThings.json(new MappedThings.Order.Paid("r1", 6));

  /// How many partitions the store has.
  protected static final int PARTITIONS = 4;

  /// The store under test.
  protected Store store;

  /// Opens a store in an empty database.
  protected abstract Store open();

  /// Opens a connection to the same database, in auto-commit.
  protected abstract Connection connect() throws SQLException;

  /// Returns the name of the dialect.
  protected abstract String dialect();

  /// Returns a name as it stands in SQL.
  protected abstract String quoted(String name);

  /// Returns things of which a column would hold only a part, and words of the refusal.
  protected abstract Map<Object, String> cutting();

  @BeforeEach
  void openStore() {
    store = open();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  static Machine orders() {
    return MappedThings.orders(TableDefinition.of("orders").ids(Table.Ids.LONG));
  }

  /// Makes the table of a machine by the script that the store writes, and maps it.
  final void make(Machine machine) throws SQLException {
    String script = SqlStore.ddl(dialect(), MappedThings.table(machine));
    for (String statement : script.split(";\n", -1)) {
      if (!statement.isBlank()) {
        run(statement);
      }
    }
    store.map(List.of(MappedThings.table(machine)));
  }

  final List<String> differences(Machine machine) {
    var refused =
        catchThrowableOfType(
            RefusedException.class, () -> store.map(List.of(MappedThings.table(machine))));
    List<?> problems =
        (List<?>) Objects.requireNonNull(refused.problem().members().get("problems"));
    assertThat(problems.stream().map(String::valueOf).toList())
        .allMatch(problem -> String.valueOf(refused.getMessage()).contains(problem));
    return problems.stream().map(String::valueOf).toList();
  }

  final void fenced(BatchBuilder batch) {
    assertThat(refusal(batch).kind()).isEqualTo(Kind.FENCED);
  }

  final void create(Key key) {
    commit(batch().mapped(key, 0, Seen.NOTHING, "Created", CREATED));
  }

  final BatchBuilder batch() {
    return BatchBuilder.on(store);
  }

  final void commit(BatchBuilder batch) {
    store.commit(batch.build());
  }

  final StoreException refusal(BatchBuilder batch) {
    return catchThrowableOfType(StoreException.class, () -> commit(batch));
  }

  final String rejected(Key key, Object state) {
    String name = state.getClass().getSimpleName();
    StoreException refused =
        refusal(batch().mapped(key, 0, Seen.NOTHING, name, MappedThings.json(state)));
    assertThat(refused).as(key + " " + state).isNotNull();
    assertThat(refused.kind()).isEqualTo(Kind.REJECTED);
    return String.valueOf(refused.getMessage());
  }

  final InstanceRow read(Key key) {
    List<InstanceRow> rows = store.instances(List.of(key));
    assertThat(rows).hasSize(1);
    return rows.getFirst();
  }

  final void run(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  final List<String> query(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      var found = new ArrayList<String>();
      while (rows.next()) {
        var values = new ArrayList<String>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          values.add(rows.getString(i));
        }
        found.add(String.join("|", values));
      }
      return found;
    }
  }
}
