// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.store.PartitionRow;
import dev.detent.store.StoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Holds the lanes of a node: partition p belongs to lane p modulo their number.
final class Lanes {
  private static final int ALARMS_MAX = 20_000;
  private static final long ALARMS_SPAN_MS = 60_000;
  private static final long PARK_MS_MAX = 5_000;

  private final List<LaneRunner> runners = new ArrayList<>();
  private final List<InstanceCache> caches = new ArrayList<>();
  private final LaneRunner.Telling telling;

  Lanes(EngineBuilder builder, Definitions definitions, LaneRunner.Telling telling) {
    this.telling = telling;
    for (int i = 0; i < builder.lanes; i++) {
      int entries = Math.max(1, builder.cacheEntriesMax / builder.lanes);
      long bytes = builder.cacheBytesMax / builder.lanes;
      var cache = new InstanceCache(entries, bytes, definitions::mapped);
      caches.add(cache);
      runners.add(runner(builder, definitions, cache, i));
    }
  }

  private LaneRunner runner(
      EngineBuilder builder, Definitions definitions, InstanceCache cache, int index) {
    var memory =
        new LaneMemory(
            new Partitions(builder.store.partitions()),
            cache,
            new Tokens(),
            new Alarms(ALARMS_MAX / builder.lanes, ALARMS_SPAN_MS),
            new Agenda(),
            new Waiters(),
            new Doubts());
    // Unique for ever, even if the node's id is not: the store tells commits apart by it.
    String prefix = builder.node + "/" + index + "/" + UUID.randomUUID() + "/";
    var setting = new LaneSetting(builder.store::alone, number -> prefix + number);
    var rules = new Invoking.Setting(definitions::find, builder.keep.toMillis(), builder.limits());
    return new LaneRunner(
        "detent-lane-" + index,
        builder.store,
        telling,
        memory,
        effects -> new Lane(memory, LaneLimits.STANDARD, effects, setting, rules));
  }

  /// Returns who hears of answers.
  LaneRunner.Telling telling() {
    return telling;
  }

  /// Starts the lanes, with no partitions yet.
  void start() {
    runners.forEach(LaneRunner::start);
  }

  /// Takes partitions over that were acquired. Blocks while what is unfinished is read.
  void own(List<PartitionRow> rows) {
    for (int i = 0; i < runners.size(); i++) {
      int lane = i;
      List<PartitionRow> mine =
          rows.stream().filter(row -> laneOf(row.partition()) == lane).toList();
      if (!mine.isEmpty()) {
        runners.get(i).own(mine);
      }
    }
  }

  /// Gives partitions up: what is decided in them is committed, what waits is sent on. Blocks.
  ///
  /// @return whether that is done; if not, the store did not answer and they are still owned
  boolean disown(Set<Integer> partitions) {
    try {
      return parked(() -> {
        runners.forEach(runner -> runner.post((lane, _) -> lane.disown(partitions)));
        return true;
      });
    } catch (DetentException e) {
      return false;
    }
  }

  /// Returns how many wait for the end of an invocation, about.
  int waiters() {
    return runners.stream().mapToInt(LaneRunner::waiters).sum();
  }

  /// Lets somebody wait no longer for the end of an invocation.
  void forget(Consumer<Reply> taker) {
    runners.forEach(runner -> runner.forget(taker));
  }

  /// Returns the partitions that the lanes own, with their epochs.
  Map<Integer, Long> epochs() {
    var epochs = new HashMap<Integer, Long>();
    runners.forEach(runner -> epochs.putAll(runner.epochs()));
    return epochs;
  }

  /// Tells the lanes how the partitions stand in the store.
  void seen(List<PartitionRow> rows) {
    runners.forEach(runner -> runner.seen(rows));
  }

  /// Has all lanes look at the clock again.
  void lookAtClock() {
    runners.forEach(runner -> runner.post((_, _) -> {}));
  }

  /// Hands a submission to the lane that owns its partition.
  void submit(Submission submission, int partition) {
    runners.get(laneOf(partition)).submit(submission);
  }

  /// Returns an instance as [InstanceCache#shown] does.
  ///
  /// @param partitions how many partitions the store has
  @Nullable Instance shown(Key key, int partitions) {
    int lane = caches.size() == 1 ? 0 : laneOf(key.partition(partitions));
    return caches.get(lane).shown(key);
  }

  /// Does something while no lane has anything decided or in flight.
  synchronized <T> T parked(Supplier<T> work) {
    var reached = new CountDownLatch(runners.size());
    runners.forEach(runner -> runner.post((lane, _) -> lane.park(reached::countDown)));
    try {
      if (!reached.await(PARK_MS_MAX, TimeUnit.MILLISECONDS)) {
        throw unavailable("the lanes are busy with a store that does not answer");
      }
      return work.get();
    } catch (StoreException e) {
      throw unavailable(Trouble.text(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable("interrupted");
    } finally {
      runners.forEach(runner -> runner.post(Lane::resume));
    }
  }

  /// Returns the state of the store as the lanes see it: the first that is not well.
  Health health() {
    return runners.stream()
        .map(LaneRunner::health)
        .filter(health -> !health.ok())
        .findFirst()
        .orElse(new Health(true, ""));
  }

  /// Returns how much is waiting and remembered in all lanes.
  Load load() {
    return runners.stream()
        .map(LaneRunner::load)
        .reduce(
            new Load(0, 0, 0, 0, 0, 0),
            (a, b) ->
                new Load(
                    a.waiting() + b.waiting(),
                    a.undecided() + b.undecided(),
                    a.uncommitted() + b.uncommitted(),
                    a.cachedInstances() + b.cachedInstances(),
                    a.cachedBytes() + b.cachedBytes(),
                    a.timers() + b.timers()));
  }

  /// Ends all lanes; whoever waits is answered.
  void stop() {
    for (LaneRunner runner : runners) {
      try {
        runner.stop();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private int laneOf(int partition) {
    return partition % runners.size();
  }

  private static RuntimeException unavailable(String why) {
    return Problem.of(
            ErrorCode.UNAVAILABLE, "the definition was not changed: " + why + "; retry later")
        .exception();
  }
}
