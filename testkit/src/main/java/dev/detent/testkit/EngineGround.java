// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import dev.detent.DetentException;
import dev.detent.Key;
import dev.detent.codec.Json;
import dev.detent.engine.Detent;
import dev.detent.engine.Instance;
import dev.detent.engine.MachineClient;
import dev.detent.engine.MoveOptions;
import dev.detent.engine.Result;
import dev.detent.engine.Snapshot;
import dev.detent.machine.Machine;
import dev.detent.machine.Transition;
import dev.detent.store.EventRow;
import dev.detent.store.MappedTable;
import dev.detent.store.PartitionRow;
import dev.detent.store.Store;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Walks on an engine of its own, as a client of it.
final class EngineGround implements Ground {
  private static final Duration LOOK = Duration.ofMillis(5);
  private static final int PAGE = 1_000;

  private final Detent detent;
  private final Store store;
  private final Machine machine;
  private final MachineClient<?> client;
  private final Pending pending;
  private final @Nullable ManualClock clock;
  private final Duration patience;
  private final boolean joined;
  private final String prefix = "walk-" + UUID.randomUUID() + "-";
  private final long base = System.currentTimeMillis() * 1_000_000;
  private final Map<String, String> made = new ConcurrentHashMap<>();
  private long keys;

  /// Says where to walk, and what with.
  ///
  /// @param store keeps everything; closed in the end
  /// @param clock the store's clock, or null if it can't be moved
  /// @param beside further machines that handlers talk to
  /// @param outside what the world does while a handler waits for it
  /// @param patience how long a move may take
  /// @param joined whether pure transitions are made in transactions of the caller's
  record Setting(
      Store store,
      @Nullable ManualClock clock,
      List<Machine> beside,
      BiConsumer<Detent, String> outside,
      Duration patience,
      boolean joined) {}

  EngineGround(Machine machine, Setting setting) {
    this.machine = machine;
    this.store = setting.store();
    this.clock = setting.clock();
    this.patience = setting.patience();
    this.joined = setting.joined();
    var builder =
        Detent.builder(store)
            .machine(machine)
            .engine(options ->
                options.attemptsMax(3).retryPauses(Duration.ofMillis(1), Duration.ofMillis(1)));
    setting.beside().forEach(builder::machine);
    this.detent = builder.start();
    this.client = detent.machine(machine.name());
    this.pending = new Pending(detent, store, clock, setting.outside());
  }

  @Override
  public String freshKey() {
    keys++;
    MappedTable table = machine.table();
    return switch (table == null ? MappedTable.Ids.TEXT : table.ids()) {
      case TEXT -> prefix + keys;
      case UUID -> UUID.randomUUID().toString();
      case LONG, DATABASE -> String.valueOf(base + keys);
    };
  }

  @Override
  public Landing command(String key, String command, Json input) {
    var running = new CompletableFuture<Landing>();
    Thread.ofVirtual().start(() -> running.complete(call(key, command, input)));
    return await(key, running);
  }

  private Landing call(String key, String command, Json input) {
    try {
      if (isMadeByTheDatabase(key, command)) {
        Instance row =
            detent.transaction(
                tx -> tx.insert(machine.name(), command, input, MoveOptions.NONE).instance());
        made.put(key, row.key().key());
        return new Landing.At(row.state(), row.version());
      }
      if (joined && !isDurable(key, command)) {
        Instance moved =
            detent.transaction(
                tx -> tx.call(key(key), command, input, MoveOptions.NONE).instance());
        return new Landing.At(moved.state(), moved.version());
      }
      Result<Json> result = client.call(name(key), command, input);
      return new Landing.At(result.state(), result.version());
    } catch (DetentException e) {
      return new Landing.Refused(e.problem());
    } catch (RuntimeException | Error e) {
      return new Landing.Stuck("the call failed: " + e);
    }
  }

  private boolean isMadeByTheDatabase(String key, String command) {
    MappedTable table = machine.table();
    return table != null
        && table.ids() == MappedTable.Ids.DATABASE
        && !made.containsKey(key)
        && machine.transition(null, command) != null;
  }

  private boolean isDurable(String key, String command) {
    Sight sight = look(key);
    Transition transition = machine.transition(sight == null ? null : sight.state(), command);
    return transition != null && transition.durable();
  }

  private Landing await(String key, CompletableFuture<Landing> running) {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        return running.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        String stuck = pending.help(key(key), System.nanoTime() > end);
        if (!stuck.isEmpty()) {
          return new Landing.Stuck(stuck);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Landing.Stuck("the walk was interrupted");
      } catch (ExecutionException e) {
        throw new IllegalStateException("a call: expected a landing, got a failure", e);
      }
    }
  }

  @Override
  public Landing wait(String key, long version, Duration after) {
    if (clock != null) {
      clock.advance(after);
    } else if (after.compareTo(patience) >= 0) {
      String remedy = "; walk on a store with a ManualClock";
      return new Landing.Stuck("expected at most " + patience + " to wait, got " + after + remedy);
    }
    var moved = new CompletableFuture<Landing>();
    Thread.ofVirtual().start(() -> moved.complete(moved(key, version, after)));
    return await(key, moved);
  }

  private Landing moved(String key, long version, Duration after) {
    long end = System.nanoTime() + after.plus(patience).toNanos();
    while (System.nanoTime() < end) {
      List<EventRow> events = history(key, version);
      if (!events.isEmpty()) {
        return new Landing.At(events.getFirst().to(), events.getFirst().version());
      }
      java.util.concurrent.locks.LockSupport.parkNanos(LOOK.toNanos());
    }
    return new Landing.Stuck("nothing happened within " + patience + " after its time");
  }

  @Override
  public @Nullable Sight look(String key) {
    Snapshot found = client.find(name(key));
    return found == null ? null : new Sight(found.state(), found.data(), found.version());
  }

  @Override
  public List<EventRow> history(String key, long after) {
    return client.history(name(key), after, PAGE);
  }

  @Override
  public long lastOffset(String key) {
    int partition = key(key).partition(store.partitions());
    return store.partitionRows().stream()
        .filter(row -> row.partition() == partition)
        .mapToLong(PartitionRow::lastOffset)
        .findFirst()
        .orElseThrow();
  }

  @Override
  public List<EventRow> log(String key, long after) {
    return store.events(key(key).partition(store.partitions()), after, PAGE);
  }

  private Key key(String key) {
    return new Key(machine.name(), name(key));
  }

  /// Returns the instance's own key: an id that the database made is known only afterwards.
  private String name(String key) {
    return made.getOrDefault(key, key);
  }

  @Override
  public void close() {
    detent.close();
  }
}
