// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import dev.detent.store.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends StoreContract {
  @TempDir Path folder;

  @Override
  protected Store open(int partitions) {
    return SqlStore.sqlite(folder.resolve("store.db")).partitions(partitions).open();
  }

  @Override
  protected Connection connect() throws SQLException {
    return connect("store.db", "IMMEDIATE");
  }

  private Connection connect(String file, String mode) throws SQLException {
    var options = new Properties();
    options.setProperty("transaction_mode", mode);
    Connection connection =
        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(file), options);
    connection.setAutoCommit(false);
    return connection;
  }

  @Test
  void refusesATransactionThatDidNotBeginImmediate() throws Exception {
    try (Connection connection = connect("store.db", "DEFERRED")) {
      assertThatThrownBy(() -> store.join(connection))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("transaction_mode=IMMEDIATE");
    }
  }

  @Test
  void refusesAConnectionToAnotherFile() throws Exception {
    try (Connection connection = connect("other.db", "IMMEDIATE")) {
      assertThatThrownBy(() -> store.join(connection))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("other.db");
    }
  }

  @Test
  void refusesToWriteFromWithinTheUsersTransaction() throws Exception {
    prepare();
    assertThatThrownBy(() ->
            store.transact(
                RUN,
                0,
                "0",
                connection -> {
                  commit(batch().move(A, 0, "up"));
                  return result("0", "1");
                }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("transact");
    assertThat(store.instances(List.of(A))).isEmpty();
    commit(batch().move(A, 0, "up"));
  }
}
