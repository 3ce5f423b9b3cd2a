// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends StoreContract {
  @TempDir Path folder;

  @Override
  protected Store open(int partitions) {
    return SqlStore.sqlite(folder.resolve("store.db")).partitions(partitions).open();
  }
}
