// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import dev.detent.store.ConsumerSql;
import dev.detent.store.Consuming;
import dev.detent.store.Store;
import dev.detent.store.StoreException;
import dev.detent.store.WorkerRow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// Runs the consumers of one process: says that it is alive, looks who else is, and looks for
/// events that other processes have committed.
///
/// While no consumer runs, it does nothing.
///
/// **Threads**: safe for any number of threads; it has one of its own.
final class Worker {
  private static final System.Logger LOG = System.getLogger(Consumer.class.getName());
  private static final long TICK_MS_MIN = 20;
  private static final long TICK_MS_MAX = 1_000;

  /// No other process can take over from one that owns the store alone.
  private static final Duration LEASE_ALONE = Duration.ofHours(1);

  private final Store store;
  private final EventLog log;
  private final ConsumerObserver observer;
  private final UnaryOperator<ConsumerSql> around;
  private final String id = UUID.randomUUID().toString();
  private final long leaseMs;
  private final Map<String, Consumer> running = new ConcurrentHashMap<>();
  private final AtomicBoolean asked = new AtomicBoolean();
  private final ScheduledExecutorService executor;
  private volatile long beatNanos;
  private volatile boolean beaten;
  private volatile boolean moved;
  private Set<String> announced = Set.of();
  private boolean ticking;
  private boolean polling;

  Worker(
      Store store,
      EventLog log,
      Duration lease,
      ConsumerObserver observer,
      UnaryOperator<ConsumerSql> around) {
    this.around = around;
    this.store = store;
    this.log = log;
    this.observer = observer;
    this.leaseMs = (store.exclusive() ? LEASE_ALONE : lease).toMillis();
    var threads = Thread.ofPlatform().name("detent-consumers").daemon().factory();
    this.executor = Executors.newSingleThreadScheduledExecutor(threads);
    log.whenRisen(partition -> running.values().forEach(one -> one.raise(partition)));
    store.whenClockMoves(() -> {
      moved = true;
      running.values().forEach(Consumer::raise);
      look();
    });
  }

  Store store() {
    return store;
  }

  EventLog log() {
    return log;
  }

  ConsumerObserver observer() {
    return observer;
  }

  /// Returns a handler's SQL with what it runs in.
  ConsumerSql around(ConsumerSql sql) {
    return around.apply(sql);
  }

  String id() {
    return id;
  }

  /// Tells whether the others still take this worker for alive, for sure.
  boolean leased() {
    return beaten
        && System.nanoTime() - beatNanos < TimeUnit.MILLISECONDS.toNanos(leaseMs * 9 / 10);
  }

  /// Takes a consumer in.
  ///
  /// @throws IllegalStateException if one of its name runs here already
  void enter(Consumer consumer) {
    if (running.putIfAbsent(consumer.name(), consumer) != null) {
      throw new IllegalStateException(
          "consumer "
              + consumer.name()
              + ": expected it once in a process, got a second one; close the first");
    }
  }

  /// Runs a consumer no more.
  void forget(Consumer consumer) {
    if (running.remove(consumer.name(), consumer)) {
      look();
    }
  }

  /// Looks at once, on its own thread, what there is to do.
  void look() {
    if (asked.compareAndSet(false, true)) {
      submit(this::lookNow);
    }
  }

  /// Closes all consumers, and says goodbye.
  ///
  /// @param limit how long it may wait for handlers that are under way
  void close(Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    List<Consumer> all = List.copyOf(running.values());
    all.forEach(consumer -> consumer.halt(Consumer.State.CLOSED));
    all.forEach(consumer -> consumer.finish(deadline));
    try {
      executor.submit(this::lookNow).get(1, TimeUnit.SECONDS);
    } catch (RejectedExecutionException | ExecutionException | TimeoutException e) {
      LOG.log(System.Logger.Level.DEBUG, "the worker's lease ends by itself", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    executor.shutdownNow();
  }

  private void submit(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.log(System.Logger.Level.DEBUG, "it is closed already", e);
    }
  }

  private void lookNow() {
    asked.set(false);
    try {
      // Those only whose cursors are there already: one without is taken for removed.
      List<Consumer> open = running.values().stream().filter(Consumer::isReady).toList();
      Set<String> names = open.stream().map(Consumer::name).collect(Collectors.toSet());
      beat(names);
      if (!names.isEmpty()) {
        Consuming seen = store.cursors().look(names);
        open.forEach(consumer -> consumer.seen(seen));
        forgetDead(seen);
      }
    } catch (StoreException e) {
      LOG.log(System.Logger.Level.DEBUG, "the consumers' rows can't be read: {0}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "sharing the consumers' work failed; it goes on", e);
    }
    startTicking();
  }

  /// Says that this worker is alive, when it is time to or when it runs other consumers than it
  /// said.
  private void beat(Set<String> names) {
    long asked = System.nanoTime();
    boolean due = moved || asked - beatNanos >= TimeUnit.MILLISECONDS.toNanos(leaseMs / 3);
    moved = false;
    if (names.isEmpty()) {
      if (!announced.isEmpty()) {
        store.cursors().forget(List.of(id));
        announced = names;
        beaten = false;
      }
    } else if (due || !beaten || !names.equals(announced)) {
      store.cursors().beat(new WorkerRow(id, names, 0, 0), leaseMs);
      announced = names;
      beatNanos = asked;
      beaten = true;
      running.values().forEach(Consumer::raise);
    }
  }

  private void forgetDead(Consuming seen) {
    List<String> dead =
        seen.workers().stream()
            .filter(row -> row.expiresAt() < seen.now() - leaseMs)
            .map(WorkerRow::id)
            .filter(other -> !other.equals(id))
            .toList();
    if (!dead.isEmpty()) {
      store.cursors().forget(dead);
    }
  }

  private void startTicking() {
    if (!ticking && !running.isEmpty()) {
      ticking = true;
      long ms = Math.clamp(leaseMs / 10, TICK_MS_MIN, TICK_MS_MAX);
      later(ms, this::tick);
    }
    if (!polling && !running.isEmpty()) {
      polling = true;
      poll();
    }
  }

  private void tick() {
    ticking = false;
    lookNow();
  }

  /// Looks how far each partition reaches.
  private void poll() {
    long ms = Long.MAX_VALUE;
    for (Consumer consumer : running.values()) {
      ms = Math.min(ms, consumer.options().pollMs());
    }
    if (ms == Long.MAX_VALUE) {
      polling = false;
      return;
    }
    try {
      log.learn();
    } catch (StoreException e) {
      LOG.log(System.Logger.Level.DEBUG, "the log can't be read: {0}", e.getMessage());
    }
    later(ms, this::poll);
  }

  private void later(long ms, Runnable task) {
    try {
      var _ = executor.schedule(task, ms, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.log(System.Logger.Level.DEBUG, "it is closed already", e);
    }
  }
}
