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
import org.jspecify.annotations.Nullable;

/// Collects what an [Engine] needs.
public final class EngineBuilder {
  private static final int LINE_MAX = 100_000;

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
  int queueMax = 1_000;
  int invocationsMax = 500_000;
  int signalsMax = 1_000;
  int attemptsMax = 20;
  Duration retryPauseFirst = Duration.ofMillis(50);
  Duration retryPauseMax = Duration.ofSeconds(60);
  @Nullable Duration eventRetention;
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

  /// Sets how long answers are kept, for repeats with the same idempotency key and for who asks for
  /// the result of an invocation, unless the machine says otherwise. Positive. Defaults to 24
  /// hours.
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

  /// Sets how many commands may wait for their turn on one instance; more are refused with
  /// OVERLOADED. 1 to 100,000. Defaults to 1,000.
  public EngineBuilder queueMax(int value) {
    queueMax = value;
    return this;
  }

  /// Sets how many invocations a lane may have open; more are refused with OVERLOADED. Open ones
  /// are kept in memory, those that sleep too. 1 or more. Defaults to 500,000.
  public EngineBuilder invocationsMax(int value) {
    invocationsMax = value;
    return this;
  }

  /// Sets how many signals an invocation takes; more are refused with OVERLOADED. 1 to 100,000.
  /// Defaults to 1,000.
  public EngineBuilder signalsMax(int value) {
    signalsMax = value;
    return this;
  }

  /// Sets after how many failed attempts in a row an invocation is paused until somebody resumes
  /// it. What is recorded begins a new count. 1 or more. Defaults to 20.
  public EngineBuilder attemptsMax(int value) {
    attemptsMax = value;
    return this;
  }

  /// Sets how long the pauses between attempts are: the first one, and the longest; each is twice
  /// the one before. 1 ms to 1 day. Defaults to 50 ms and 60 s.
  public EngineBuilder retryPauses(Duration first, Duration max) {
    retryPauseFirst = first;
    retryPauseMax = max;
    return this;
  }

  /// Sets for how long events are kept at least. Older ones that every consumer is done with are
  /// deleted, but for the last of each partition; a consumer that is behind keeps them. Then a
  /// history, and a feed whose cursor is behind, begin with the oldest event that is left. 1 s or
  /// more. Defaults to null, for ever.
  public EngineBuilder eventRetention(@Nullable Duration value) {
    eventRetention = value;
    return this;
  }

  InvocationLimits limits() {
    return new InvocationLimits(
        queueMax,
        invocationsMax,
        signalsMax,
        attemptsMax,
        retryPauseFirst.toMillis(),
        retryPauseMax.toMillis());
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
    Duration retention = eventRetention;
    require(
        problems,
        retention == null || retention.compareTo(Duration.ofSeconds(1)) >= 0,
        "eventRetention: expected 1 s or more, got " + retention);
    requireLimits(problems);
    long names = machines.stream().map(Machine::name).distinct().count();
    require(
        problems, names == machines.size(), "machines: expected different names, got two the same");
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    return Engine.start(this);
  }

  private void requireLimits(List<String> problems) {
    require(
        problems, inLine(queueMax), "queueMax: expected 1 to " + LINE_MAX + ", got " + queueMax);
    require(
        problems,
        inLine(signalsMax),
        "signalsMax: expected 1 to " + LINE_MAX + ", got " + signalsMax);
    require(
        problems, invocationsMax >= 1, "invocationsMax: expected 1 or more, got " + invocationsMax);
    require(problems, attemptsMax >= 1, "attemptsMax: expected 1 or more, got " + attemptsMax);
    require(
        problems,
        retryPauseFirst.compareTo(Duration.ofMillis(1)) >= 0
            && retryPauseMax.compareTo(retryPauseFirst) >= 0
            && retryPauseMax.compareTo(Duration.ofDays(1)) <= 0,
        "retryPauses: expected 1 ms to 1 day and the longest not below the first, got "
            + retryPauseFirst
            + " and "
            + retryPauseMax);
  }

  private static boolean inLine(int most) {
    return most >= 1 && most <= LINE_MAX;
  }

  private static void require(List<String> problems, boolean good, String problem) {
    if (!good) {
      problems.add(problem);
    }
  }
}
