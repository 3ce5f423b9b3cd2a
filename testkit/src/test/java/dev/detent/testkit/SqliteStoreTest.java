// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends StoreContract {
  @TempDir Path folder;

  @Override
  protected Store open(int partitions) {
    return SqlStore.sqlite(folder.resolve("store.db")).partitions(partitions).open();
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
