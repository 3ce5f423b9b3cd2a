// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.detent.FailedException;
import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableTest {
  @TempDir Path folder;
  private final Works works = new Works();

  private Store store() {
    return SqlStore.sqlite(folder.resolve("detent.db")).open();
  }

  private Detent start() {
    return Detent.builder(store()).machine(works).start();
  }

  @Test
  void runsAHandlerToItsEnd() {
    try (Detent detent = start()) {
      Result<?> result = detent.machine("work").call("k", "work", "x");
      assertThat(result.as(String.class)).isEqualTo("x1/2");
      assertThat(result.state()).isEqualTo("Done");
      assertThat(result.version()).isEqualTo(1);
      assertThat(detent.engine().events().history(new dev.detent.Key("work", "k"), 0, 10))
          .hasSize(1);
    }
  }

  @Test
  void goesOnAfterARestart() throws Exception {
    works.gate = new CountDownLatch(1);
    try (Detent detent = start()) {
      String id = detent.machine("work").send("k", "work", "x", Duration.ZERO);
      detent.machine("work").send("k", "reset", null, Duration.ZERO);
      // The sleep stands behind the first step: that one is recorded then, not only done.
      Eventually.holds(() -> detent.invocation(id).journal().size() > 1);
    }
    works.gate = new CountDownLatch(0);
    try (Detent detent = start()) {
      Result<?> result = detent.machine("work").call("k", "work", "y");
      assertThat(result.version()).isEqualTo(3);
      assertThat(result.as(String.class)).isEqualTo("y3/4");
    }
  }

  @Test
  void letsCommandsOfOneKeyWaitInOrder() throws Exception {
    try (Detent detent = start();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var futures = new ArrayList<Future<String>>();
      for (int i = 0; i < 20; i++) {
        String key = "k" + i % 4;
        futures.add(
            threads.submit(() -> detent.machine("work").call(key, "work", "x").as(String.class)));
      }
      for (Future<String> future : futures) {
        assertThat(future.get()).startsWith("x");
      }
      assertThat(works.effects).hasValue(40);
      assertThat(detent.machine("work").read("k0").version()).isEqualTo(5);
    }
  }

  @Test
  void triesAgainWhatFails() {
    works.failures.set(3);
    try (Detent detent = start()) {
      assertThat(detent.machine("work").call("k", "retry").as(String.class)).isEqualTo("tried");
    }
  }

  @Test
  void callsAnotherInstance() {
    try (Detent detent = start()) {
      assertThat(detent.machine("work").call("a", "ask", "b").as(String.class))
          .isEqualTo("asked1/2");
      assertThat(detent.machine("work").read("b").version()).isEqualTo(1);
    }
  }

  @Test
  void failsACycleOfCallsAtOnce() {
    try (Detent detent = start()) {
      assertThatThrownBy(() -> detent.machine("work").call("a", "loop", "b"))
          .isInstanceOf(FailedException.class)
          .hasMessageContaining("work/a → work/b → work/a");
      assertThat(detent.machine("work").read("a").version()).isZero();
    }
  }

  @Test
  void failsTheYoungerOfTwoThatCallEachOther() throws Exception {
    try (Detent detent = start();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Result<?>> one = threads.submit(() -> detent.machine("work").call("a", "meet", "b"));
      Future<Result<?>> two = threads.submit(() -> detent.machine("work").call("b", "meet", "a"));
      var failures = new ArrayList<Throwable>();
      for (Future<Result<?>> future : java.util.List.of(one, two)) {
        try {
          assertThat(future.get().as(String.class)).startsWith("met");
        } catch (java.util.concurrent.ExecutionException e) {
          failures.add(e.getCause());
        }
      }
      assertThat(failures)
          .singleElement()
          .isInstanceOf(FailedException.class)
          .satisfies(e -> assertThat(e.getMessage()).contains("work/", " → "));
    }
  }
}
