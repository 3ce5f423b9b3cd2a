// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.machine.Machine;
import dev.detent.store.Store;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// Collects what an [Engine] needs.
public final class EngineBuilder {
  final Store store;
  final List<Machine> machines = new ArrayList<>();
  Observer observer = Observer.NONE;
  String node = UUID.randomUUID().toString();
  int lanes;
  int requestsMax = 20_000;
  long requestBytesMax = 128L << 20;
  int cacheEntriesMax = 100_000;
  long cacheBytesMax = 128L << 20;
  Duration keep = Duration.ofHours(24);
  Duration lease = Duration.ofSeconds(10);
  InetSocketAddress listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  EngineBuilder(Store store) {
    this.store = store;
    this.lanes = store.exclusive() ? 1 : 2;
  }

  /// Adds a machine.
  public EngineBuilder machine(Machine machine) {
    machines.add(machine);
    return this;
  }

  /// Sets who hears what the engine does. Defaults to nobody.
  public EngineBuilder observer(Observer value) {
    observer = value;
    return this;
  }

  /// Sets this node's id, unique among the nodes of a store. Defaults to a random UUID.
  public EngineBuilder node(String value) {
    node = value;
    return this;
  }

  /// Sets how many lanes share the partitions: 1 on an exclusive store, else 1 to 64. Defaults to 1
  /// or 2.
  public EngineBuilder lanes(int value) {
    lanes = value;
    return this;
  }

  /// Sets how many requests may be under way at once; more are refused with OVERLOADED. 1 or more.
  /// Defaults to 20,000.
  public EngineBuilder requestsMax(int value) {
    requestsMax = value;
    return this;
  }

  /// Sets how many bytes of requests may be under way at once. 1 or more. Defaults to 128 MiB.
  public EngineBuilder requestBytesMax(long value) {
    requestBytesMax = value;
    return this;
  }

  /// Sets how many instances are kept in memory. 1 or more. Defaults to 100,000.
  public EngineBuilder cacheEntriesMax(int value) {
    cacheEntriesMax = value;
    return this;
  }

  /// Sets about how many bytes of instances are kept in memory. 1 or more. Defaults to 128 MiB.
  public EngineBuilder cacheBytesMax(long value) {
    cacheBytesMax = value;
    return this;
  }

  /// Sets how long answers are kept for repeats with the same idempotency key. Positive. Defaults
  /// to 24 hours.
  public EngineBuilder keep(Duration value) {
    keep = value;
    return this;
  }

  /// Sets for how long this node counts as alive after its last sign of life, on a store that
  /// several nodes share; then others take its partitions over. 1 s to 10 min. Defaults to 10 s.
  public EngineBuilder leaseDuration(Duration value) {
    lease = value;
    return this;
  }

  /// Sets where this node listens to the others that share its store; they must be able to reach it
  /// under just this address. Defaults to a free port of 127.0.0.1.
  public EngineBuilder peerAddress(InetSocketAddress value) {
    listen = value;
    return this;
  }

  /// Starts the engine: takes the store's partitions over and checks the definitions.
  ///
  /// @throws IllegalArgumentException if options are wrong: all of them are named
  /// @throws dev.detent.RefusedException DEFINITION_CONFLICT if a definition would strand instances
  /// @throws dev.detent.store.StoreException if the store can't be used
  public Engine start() {
    var problems = new ArrayList<String>();
    require(problems, lanes >= 1 && lanes <= 64, "lanes: expected 1 to 64, got " + lanes);
    require(
        problems,
        lanes == 1 || !store.exclusive(),
        "lanes: expected 1, since the store has one writer, got " + lanes);
    require(problems, requestsMax >= 1, "requestsMax: expected 1 or more, got " + requestsMax);
    require(
        problems,
        requestBytesMax >= 1,
        "requestBytesMax: expected 1 or more, got " + requestBytesMax);
    require(
        problems,
        cacheEntriesMax >= 1,
        "cacheEntriesMax: expected 1 or more, got " + cacheEntriesMax);
    require(
        problems, cacheBytesMax >= 1, "cacheBytesMax: expected 1 or more, got " + cacheBytesMax);
    require(problems, keep.isPositive(), "keep: expected more than nothing, got " + keep);
    require(
        problems,
        lease.compareTo(Duration.ofSeconds(1)) >= 0 && lease.compareTo(Duration.ofMinutes(10)) <= 0,
        "leaseDuration: expected 1 s to 10 min, got " + lease);
    long names = machines.stream().map(Machine::name).distinct().count();
    require(
        problems, names == machines.size(), "machines: expected different names, got two the same");
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    return Engine.start(this);
  }

  private static void require(List<String> problems, boolean good, String problem) {
    if (!good) {
      problems.add(problem);
    }
  }
}
