// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.detent.event.Consumer;
import dev.detent.event.Consumers;
import dev.detent.event.Cursor;
import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PostgresConsumersTest extends ConsumerTrials {
  private final HikariDataSource pool = new HikariDataSource();

  {
    pool.setJdbcUrl(LocalPostgres.freshUrl());
    pool.setMaximumPoolSize(8);
    pool.setMinimumIdle(0);
  }

  @AfterEach
  void closePool() {
    pool.close();
  }

  @Override
  Store open(int partitions) {
    return SqlStore.postgres(pool).partitions(partitions).open();
  }

  @Override
  Connection connect() throws SQLException {
    return pool.getConnection();
  }

  @Test
  void undoesWhatIsUnderWayWhenItIsReset() throws Exception {
    commit(A, 0, 1);
    Consumers consumers = consumers();
    var inside = new CountDownLatch(1);
    var reset = new CountDownLatch(1);
    var calls = new AtomicInteger();
    Consumer consumer =
        consumers
            .consumer("writer")
            .handle((event, tx) -> {
              insert(tx, event);
              if (calls.incrementAndGet() == 1) {
                inside.countDown();
                reset.await();
              }
              seen.add(event);
            })
            .start();
    inside.await();
    consumers.reset("writer", Cursor.START);
    reset.countDown();
    take(2);

    consumer.close();
    assertThat(written()).containsExactly(1L);
    assertThat(calls.get()).isEqualTo(2);
  }

  @Test
  void neitherSkipsNorDoublesWhenTheConnectionIsCutInCommit() throws Exception {
    commit(A, 0, 10);
    var cutting = new CuttingSource(pool);
    var calls = new ConcurrentHashMap<Long, Integer>();
    Map<Long, CuttingSource.Cut> cuts =
        Map.of(
            3L,
            CuttingSource.Cut.BEFORE_THE_SERVER_COMMITS,
            6L,
            CuttingSource.Cut.AFTER_THE_SERVER_COMMITTED);
    try (Store other = SqlStore.postgres(cutting.source()).open();
        Consumers consumers = Consumers.of(other)) {
      consumers
          .consumer("writer")
          .toHead()
          .batch(1)
          .attemptsMax(1)
          .handle((event, tx) -> {
            insert(tx, event);
            if (calls.merge(event.version(), 1, Integer::sum) == 1
                && cuts.containsKey(event.version())) {
              cutting.cutNext(cuts.get(event.version()));
            }
          })
          .start()
          .await();
    }
    assertThat(written()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
    assertThat(calls).containsEntry(3L, 2).containsEntry(6L, 1);
  }
}
