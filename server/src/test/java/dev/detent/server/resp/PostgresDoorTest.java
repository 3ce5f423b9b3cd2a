// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import com.zaxxer.hikari.HikariDataSource;
import dev.detent.sql.SqlStore;
import dev.detent.testkit.LocalPostgres;

class PostgresDoorTest extends SharedStoreTrials {
  @Override
  String url() {
    return LocalPostgres.freshUrl();
  }

  @Override
  SqlStore.Builder store(HikariDataSource source) {
    return SqlStore.postgres(source);
  }
}
