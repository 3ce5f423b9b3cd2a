// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.detent.Key;
import dev.detent.codec.Json;
import dev.detent.engine.Detent;
import dev.detent.engine.Engine;
import dev.detent.engine.Precondition;
import dev.detent.engine.Reply;
import dev.detent.engine.Request;
import dev.detent.engine.Result;
import dev.detent.engine.Snapshot;
import dev.detent.machine.Machine;
import dev.detent.sql.SqlStore;
import dev.detent.store.EventRow;
import dev.detent.store.Store;
import dev.detent.store.StoreException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Nodes in one process that share a database.
@org.junit.jupiter.api.Timeout(240)
abstract class NodeTrials {
  private static final Duration LEASE = Duration.ofSeconds(20);
  private static final int WINDOW = 30;
  private static final String COUNTER =
      """
      {"id":"counter","initial":"on","states":{"on":{"on":{"tick":"on"}}}}
      """;

  private final HikariDataSource pool = new HikariDataSource();
  private final List<Detent> nodes = new ArrayList<>();

  {
    pool.setJdbcUrl(url());
    pool.setMaximumPoolSize(12);
    pool.setMinimumIdle(0);
  }

  @AfterEach
  void stop() {
    nodes.forEach(Detent::close);
    pool.close();
  }

  /// Says where the database is.
  abstract String url();

  /// Begins a store there.
  abstract SqlStore.Builder store(DataSource source);

  private Store open() {
    return store(pool).leaseDuration(LEASE).partitions(8).open();
  }

  private Detent join() {
    return join(open());
  }

  private Detent join(Store store) {
    Detent node =
        Detent.builder(store)
            .machine(Machine.parse("counter", Json.parse(COUNTER)))
            .engine(options -> options.leaseDuration(LEASE))
            .start();
    nodes.add(node);
    return node;
  }

  @Test
  void anyNodeAnswersForEveryInstance() {
    Detent one = join();
    Detent two = join();
    for (int i = 0; i < 40; i++) {
      Result<?> ticked = one.machine("counter").call("k" + i, "tick");
      assertThat(ticked.version()).isEqualTo(1);
      Snapshot seen = two.machine("counter").read("k" + i);
      assertThat(seen.version()).isEqualTo(1);
      assertThat(two.machine("counter").call("k" + i, "tick").version()).isEqualTo(2);
    }
  }

  @Test
  void losesAndDoublesNothingWhileNodesComeAndGo() throws Exception {
    Detent one = join();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var futures = new ArrayList<Future<Long>>();
      for (int i = 0; i < 8; i++) {
        String key = "k" + i;
        futures.add(threads.submit(() -> tick(one, key, 300)));
      }
      Detent two = join();
      Detent three = join();
      two.close();
      three.close();
      for (Future<Long> future : futures) {
        assertThat(future.get()).isEqualTo(300);
      }
    }
  }

  @Test
  void keepsTheOrderOfWhatIsAskedInARowWhileNodesComeAndGo() throws Exception {
    Detent one = join();
    Detent two = join();
    var over = new AtomicBoolean();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var senders = new ArrayList<Future<Integer>>();
      for (int i = 0; i < 16; i++) {
        String key = "k" + i;
        Detent entry = i % 2 == 0 ? one : two;
        senders.add(
            threads.submit(() -> tickInARow(entry.engine(), new Key("counter", key), over)));
      }
      try {
        for (int round = 0; round < 2; round++) {
          comeAndGo();
        }
      } finally {
        over.set(true); // or the threads would be waited for in vain
      }
      for (int i = 0; i < senders.size(); i++) {
        int taken = senders.get(i).get();
        List<Integer> order = inputs(one, "k" + i);
        assertThat(order).hasSizeGreaterThanOrEqualTo(taken).doesNotHaveDuplicates().isSorted();
        assertThat(taken).isPositive();
      }
    }
  }

  /// Has a node join, take its share and leave.
  private void comeAndGo() throws Exception {
    try (Detent third = Detent.builder(open()).engine(o -> o.leaseDuration(LEASE)).start()) {
      ConsumerTrials.eventually(() -> third.engine().load().cachedInstances() > 0);
    }
  }

  private static List<Integer> inputs(Detent node, String key) {
    var inputs = new ArrayList<Integer>();
    List<EventRow> page;
    do {
      page = node.machine("counter").history(key, inputs.size(), 1_000);
      page.forEach(row -> inputs.add(Integer.valueOf(row.input().replaceAll("\\D", ""))));
    } while (!page.isEmpty());
    return inputs;
  }

  /// Asks for ticks without waiting for each, the number of each as its input.
  ///
  /// @return how many were taken
  private static int tickInARow(Engine engine, Key key, AtomicBoolean over)
      throws InterruptedException {
    var taken = new AtomicInteger();
    var window = new Semaphore(WINDOW);
    for (int n = 0; !over.get(); n++) {
      window.acquire();
      var tick =
          new Request.Call(key, "tick", Json.parse("{\"n\":" + n + "}"), null, Precondition.NONE);
      engine.submit(
          tick,
          reply -> {
            taken.addAndGet(reply instanceof Reply.Done ? 1 : 0);
            window.release();
          });
    }
    window.acquire(WINDOW);
    return taken.get();
  }

  private static long tick(Detent node, String key, int times) {
    long version = 0;
    for (int i = 0; i < times; i++) {
      version = node.machine("counter").call(key, "tick").version();
    }
    return version;
  }

  @Test
  void takesBackWhatItCouldNotHandOver() throws Exception {
    var failed = new CountDownLatch(1);
    Detent one = join(failingToRelease(open(), failed));
    Detent two = join();
    assertThat(failed.await(60, TimeUnit.SECONDS)).isTrue();
    two.close();
    for (int i = 0; i < 40; i++) {
      assertThat(one.machine("counter").call("k" + i, "tick").version()).isEqualTo(1);
    }
  }

  /// Returns a store that can't be reached when partitions are released.
  private static Store failingToRelease(Store store, CountDownLatch failed) {
    return (Store)
        Proxy.newProxyInstance(
            Store.class.getClassLoader(),
            new Class<?>[] {Store.class},
            (_, method, arguments) -> {
              if (method.getName().equals("release")) {
                failed.countDown();
                throw new StoreException(StoreException.Kind.UNAVAILABLE, "out of reach", null);
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
