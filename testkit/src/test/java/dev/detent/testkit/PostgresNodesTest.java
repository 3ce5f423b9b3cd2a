// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import dev.detent.sql.SqlStore;
import javax.sql.DataSource;

class PostgresNodesTest extends NodeTrials {
  @Override
  String url() {
    return LocalPostgres.freshUrl();
  }

  @Override
  SqlStore.Builder store(DataSource source) {
    return SqlStore.postgres(source);
  }
}
