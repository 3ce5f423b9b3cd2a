// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import dev.detent.sql.SqlStore;
import javax.sql.DataSource;

class MariadbNodesTest extends NodeTrials {
  @Override
  String url() {
    return LocalMariadb.freshUrl();
  }

  @Override
  SqlStore.Builder store(DataSource source) {
    return SqlStore.mariadb(source);
  }
}
