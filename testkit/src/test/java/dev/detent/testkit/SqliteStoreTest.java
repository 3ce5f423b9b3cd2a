// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.detent.sql.SqlStore;
import dev.detent.store.Batch;
import dev.detent.store.InstanceRow;
import dev.detent.store.InstanceWrite;
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
  void writesWhatAMoveChangesAndKeepsTheRest() {
    long version = 0;
    for (String data : List.of("{}", "{}", "{\"n\":1}", "{\"n\":2}", "{}", "{}")) {
      store.commit(entered(batch().move(A, version++, "s" + version, data).build()));
      InstanceRow row = store.instances(List.of(A)).getFirst();
      assertThat(row.data()).isEqualTo(data);
      assertThat(row.state()).isEqualTo("s" + version);
      assertThat(row.version()).isEqualTo(version);
      assertThat(row.definition()).isEqualTo("hash");
    }
    assertThat(store.history(A, 0, 10)).hasSize(6);
  }

  /// Returns a batch as the engine makes it: with its last event an instance entered its state.
  private static Batch entered(Batch batch) {
    InstanceWrite write = batch.instances().getFirst();
    InstanceRow row = write.row();
    var entered =
        new InstanceRow(
            row.key(),
            row.partition(),
            row.state(),
            row.data(),
            row.version(),
            row.definition(),
            row.createdAt(),
            row.enteredAt(),
            row.enteredAt(),
            row.timers(),
            row.invocation());
    return new Batch(
        batch.id(),
        batch.fences(),
        List.of(new InstanceWrite(entered, write.expected())),
        batch.events(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of());
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
