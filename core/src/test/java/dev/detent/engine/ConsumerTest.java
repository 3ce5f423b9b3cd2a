// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.codec.Json;
import dev.detent.event.Consumer;
import dev.detent.event.ConsumerView;
import dev.detent.event.Event;
import dev.detent.handler.RetryPolicy;
import dev.detent.machine.Machine;
import dev.detent.sql.SqlStore;
import dev.detent.store.EventRow;
import dev.detent.store.MovableClock;
import dev.detent.store.Store;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests consumers beside an engine in the same process.
class ConsumerTest {
  private static final Machine DOOR =
      Machine.parse(
          "door",
          """
          {"initial":"closed","states":{
            "closed":{"on":{"open":"opened"}},"opened":{"on":{"close":"closed"}}}}
          """
              .getBytes(StandardCharsets.UTF_8));
  private static final Duration NEVER = Duration.ofMinutes(1);

  private final Clock clock = new Clock();
  private final BlockingQueue<Event> seen = new LinkedBlockingQueue<>();
  @TempDir Path folder;
  private Store store;
  private Detent detent;

  /// A clock that is set by hand.
  private static final class Clock implements MovableClock {
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public void whenMoved(Runnable moved) {
      listeners.add(moved);
    }

    void advance(Duration by) {
      now = now.plus(by);
      listeners.forEach(Runnable::run);
    }
  }

  @BeforeEach
  void start() {
    store = SqlStore.sqlite(folder.resolve("a.db")).partitions(2).clock(clock).open();
    detent =
        Detent.builder(store)
            .machine(DOOR)
            .engine(options -> options.eventRetention(Duration.ofDays(7)))
            .start();
  }

  @AfterEach
  void stop() {
    detent.close();
  }

  @Test
  void hearsOfEventsOfItsProcessWithoutAskingTheStore() throws Exception {
    detent.consumer("reader").poll(NEVER).handle(seen::add).start();
    call("a", "open");
    assertThat(next().to()).isEqualTo("opened");
    call("a", "close");
    assertThat(next().to()).isEqualTo("closed");
    detent.transaction(tx -> tx.call(new Key("door", "b"), "open", Json.NULL, MoveOptions.NONE));
    assertThat(next().key()).isEqualTo("b");
  }

  @Test
  void waitsUntilEventsAreOldEnough() throws Exception {
    detent.consumer("late").poll(NEVER).lag(Duration.ofHours(1)).handle(seen::add).start();
    detent.consumer("prompt").poll(NEVER).handle(seen::add).start();
    call("a", "open");
    assertThat(next().to()).isEqualTo("opened");
    clock.advance(Duration.ofMinutes(59));
    call("a", "close");
    assertThat(next().to()).isEqualTo("closed");
    assertThat(seen).isEmpty();

    clock.advance(Duration.ofMinutes(1));
    assertThat(next().to()).isEqualTo("opened");
    clock.advance(Duration.ofMinutes(59));
    assertThat(next().to()).isEqualTo("closed");
  }

  @Test
  void movesInstancesInTheTransactionOfItsPlace() throws Exception {
    detent
        .consumer("mirror")
        .of("door")
        .types("opened")
        .attemptsMax(1)
        .handle((event, tx) -> {
          if (event.key().startsWith("twin")) {
            seen.add(event);
          } else {
            JoinedTransaction.of(store, detent.engine().machines()::get, tx)
                .call(new Key("door", "twin-" + event.key()), "open", Json.NULL, MoveOptions.NONE);
          }
        })
        .start();
    call("a", "open");
    call("b", "open");

    assertThat(List.of(next().key(), next().key())).contains("twin-a", "twin-b");
    assertThat(detent.machine("door").read("twin-a").version()).isEqualTo(1);
    assertThat(detent.consumers().all()).noneMatch(ConsumerView::stopped);
    call("twin-a", "close");
  }

  @Test
  void waitsBetweenAttemptsWhateverComesMeanwhile() throws Exception {
    var attempts = new LinkedBlockingQueue<Event>();
    detent
        .consumer("patient")
        .retry(RetryPolicy.of(3).pauses(Duration.ofHours(1), Duration.ofHours(1)))
        .handle(event -> {
          attempts.add(event);
          throw new IllegalStateException("not now");
        })
        .start();
    call("a", "open");
    assertThat(attempts.poll(60, TimeUnit.SECONDS)).isNotNull();
    detent.consumer("prompt").handle(seen::add).start();
    for (int i = 0; i < 20; i++) {
      call("a", i % 2 == 0 ? "close" : "open");
      next();
    }

    Eventually.holds(() -> patient().partitions().stream().anyMatch(p -> p.attempt() == 1));
    assertThat(patient().lag()).isEqualTo(21);
    assertThat(attempts).isEmpty();
  }

  private ConsumerView patient() {
    return detent.consumers().find("patient");
  }

  @Test
  void refusesToWaitForItselfInATransaction() throws Exception {
    var thrown = new LinkedBlockingQueue<DetentException>();
    detent
        .consumer("eager")
        .handle((event, tx) ->
            thrown.add(catchThrowableOfType(DetentException.class, () -> call("b", "open"))))
        .start();
    call("a", "open");

    assertThat(thrown.poll(60, TimeUnit.SECONDS).code()).isEqualTo(ErrorCode.BAD_REQUEST);
  }

  @Test
  void dropsWhatIsOldAndHandledAndNamesWhoHoldsTheRest() throws Exception {
    List<Integer> all = List.of(0, 1);
    var retention = new Retention(store, detent.consumers(), Duration.ofDays(7), () -> all);
    Consumer consumer = detent.consumer("slow").handle(seen::add).start();
    for (int i = 0; i < 40; i++) {
      call("a", i % 2 == 0 ? "open" : "close");
      next();
    }
    consumer.close();
    clock.advance(Duration.ofDays(8));
    call("a", "open");
    call("a", "close");
    retention.run();
    assertThat(versions()).startsWith(41L);
    assertThat(detent.consumers().find("slow").holds(Duration.ofDays(7))).isFalse();

    clock.advance(Duration.ofDays(8));
    retention.run();
    assertThat(versions()).containsExactly(41L, 42L);
    assertThat(detent.consumers().find("slow").holds(Duration.ofDays(7))).isTrue();
    detent.consumers().remove("slow");
    clock.advance(Duration.ofMinutes(1));
    retention.run();
    assertThat(versions()).containsExactly(42L);
    call("a", "open");
    assertThat(versions()).containsExactly(42L, 43L);
  }

  private List<Long> versions() {
    var versions = new ArrayList<Long>();
    for (EventRow row : detent.engine().events().history(new Key("door", "a"), 0, 100)) {
      versions.add(row.version());
    }
    return versions;
  }

  private void call(String key, String command) {
    detent.machine("door").call(key, command);
  }

  private Event next() throws InterruptedException {
    Event event = seen.poll(60, TimeUnit.SECONDS);
    assertThat(event).isNotNull();
    return event;
  }
}
