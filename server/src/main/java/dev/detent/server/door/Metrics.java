// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.door;

import dev.detent.ErrorCode;
import dev.detent.engine.Engine;
import dev.detent.engine.Load;
import dev.detent.engine.Observer;
import dev.detent.store.InvocationRow;
import dev.detent.store.StoreException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// Counts what the engine and the doors do, for Prometheus.
///
/// Give it to the engine as its observer and to the door as its metrics; the door calls [#watch].
///
/// **Guarantees**: labelled by machine, never by key; a machine that the engine does not have is
/// counted as `unknown`, so nobody outside can make labels.
///
/// **Threads**: safe for any number of threads; no method blocks but [#scrape].
public final class Metrics implements Observer {
  private static final String UNKNOWN = "unknown";
  private static final double[] BATCH_BUCKETS = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000};
  private static final Duration[] LATENCY_BUCKETS = {
    Duration.ofNanos(200_000),
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5)
  };

  private final PrometheusMeterRegistry registry;
  private final Map<String, MachineMeters> machines = new ConcurrentHashMap<>();
  private final EnumMap<StoreException.Kind, Counter> storeFailures;
  private final Counter[] responses = new Counter[6];
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger streams = new AtomicInteger();
  private final AtomicInteger owned = new AtomicInteger();
  private final ConsumerMeters consumers;
  private final Counter forwarded;
  private final Counter taken;
  private final DistributionSummary batchCommands;
  private final DistributionSummary batchEvents;
  private final Timer commits;
  private volatile @Nullable Engine engine;

  /// Makes metrics that stand at 0.
  public Metrics() {
    registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    consumers = new ConsumerMeters(registry);
    batchCommands = batch("detent.batch.commands", "Commands that one commit answered");
    batchEvents = batch("detent.batch.events", "Events that one commit wrote");
    commits = timer("detent.commit", "How long commits took");
    storeFailures = new EnumMap<>(StoreException.Kind.class);
    for (StoreException.Kind kind : StoreException.Kind.values()) {
      storeFailures.put(
          kind,
          Counter.builder("detent.store.errors")
              .description("Failures of the store")
              .tag("kind", Labels.of(kind))
              .register(registry));
    }
    for (int i = 1; i < responses.length; i++) {
      responses[i] =
          Counter.builder("detent.http.requests")
              .description("HTTP requests answered")
              .tag("status", i + "xx")
              .register(registry);
    }
    forwarded = counter("detent.forwarded", "Requests handed to the node that owns the partition");
    taken = counter("detent.takeovers", "Partitions taken over");
    Gauge.builder("detent.partitions.owned", owned, AtomicInteger::get)
        .description("Partitions that this node owns")
        .register(registry);
    Gauge.builder("detent.http.connections", connections, AtomicInteger::get)
        .description("Open HTTP connections")
        .register(registry);
    Gauge.builder("detent.http.streams", streams, AtomicInteger::get)
        .description("Live event streams over HTTP")
        .register(registry);
  }

  /// Shows the load of an engine from now on, and labels by its machines.
  public void watch(Engine watched) {
    boolean first = engine == null;
    engine = watched;
    if (!first) {
      return;
    }
    queue("waiting", Load::waiting);
    queue("undecided", Load::undecided);
    queue("uncommitted", Load::uncommitted);
    gauge("detent.instances.cached", "Instances in memory", Load::cachedInstances);
    gauge("detent.instances.cached.bytes", "About how much these take", Load::cachedBytes);
    gauge("detent.timers", "Timers in memory", Load::timers);
  }

  /// Shows what a door for Redis clients counts from now on.
  ///
  /// @param connections how many are open
  /// @param commands how many commands there have been
  /// @param errors how many of them were answered with an error
  public void watchRedis(
      DoubleSupplier connections, DoubleSupplier commands, DoubleSupplier errors) {
    Gauge.builder("detent.redis.connections", connections::getAsDouble)
        .description("Open connections of Redis clients")
        .register(registry);
    FunctionCounter.builder("detent.redis.commands", this, _ -> commands.getAsDouble())
        .description("Commands of Redis clients")
        .register(registry);
    FunctionCounter.builder("detent.redis.errors", this, _ -> errors.getAsDouble())
        .description("Commands of Redis clients that were answered with an error")
        .register(registry);
  }

  /// Returns all values in Prometheus' text format, version 0.0.4.
  public String scrape() {
    Engine watched = engine;
    if (watched != null) {
      consumers.look(watched.consumers()::all, watched.eventRetention());
    }
    return registry.scrape();
  }

  /// Counts an HTTP response.
  ///
  /// @param status its status, 100 to 599
  public void responded(int status) {
    responses[status / 100].increment();
  }

  /// Counts HTTP connections up or down.
  ///
  /// @param by 1 or -1
  /// @return how many are open now
  public int connected(int by) {
    return connections.addAndGet(by);
  }

  /// Counts live event streams up or down.
  ///
  /// @param by 1 or -1
  /// @return how many are open now
  public int streaming(int by) {
    return streams.addAndGet(by);
  }

  @Override
  public void committed(int commands, int events, long nanos) {
    batchCommands.record(commands);
    batchEvents.record(events);
    commits.record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void transitioned(String machine, String cause) {
    of(machine).transitioned(cause);
  }

  @Override
  public void answered(String machine, long nanos) {
    of(machine).answered(nanos);
  }

  @Override
  public void refused(String machine, ErrorCode code) {
    of(machine).refused(code);
  }

  @Override
  public void fired(String machine, long lateMs) {
    of(machine).fired(lateMs);
  }

  @Override
  public void stands(String machine, InvocationRow.Status status, int attempt) {
    of(machine).stands(status, attempt);
  }

  @Override
  public void forwarded() {
    forwarded.increment();
  }

  @Override
  public void owns(int partitions, int newly) {
    owned.set(partitions);
    taken.increment(newly);
  }

  @Override
  public void storeFailed(StoreException.Kind kind) {
    Counter counter = storeFailures.get(kind);
    if (counter != null) {
      counter.increment();
    }
  }

  @Override
  public void handled(String consumer, int events) {
    consumers.handled(consumer, events);
  }

  @Override
  public void failed(String consumer) {
    consumers.failed(consumer);
  }

  @Override
  public void buried(String consumer) {
    consumers.buried(consumer);
  }

  @Override
  public void halted(String consumer) {
    consumers.halted(consumer);
  }

  private MachineMeters of(String machine) {
    MachineMeters known = machines.get(machine);
    if (known != null) {
      return known;
    }
    Engine watched = engine;
    boolean exists = watched != null && watched.machines().containsKey(machine);
    String label = exists ? machine : UNKNOWN;
    return machines.computeIfAbsent(label, name -> new MachineMeters(registry, name));
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  private DistributionSummary batch(String name, String description) {
    return DistributionSummary.builder(name)
        .description(description)
        .serviceLevelObjectives(BATCH_BUCKETS)
        .register(registry);
  }

  private Timer timer(String name, String description) {
    return Timer.builder(name)
        .description(description)
        .serviceLevelObjectives(LATENCY_BUCKETS)
        .register(registry);
  }

  private void queue(String stage, ToDoubleFunction<Load> value) {
    Gauge.builder("detent.queue", this, metrics -> metrics.load(value))
        .description("Requests that wait, by what they wait for")
        .tag("stage", stage)
        .register(registry);
  }

  private void gauge(String name, String description, ToDoubleFunction<Load> value) {
    Gauge.builder(name, this, metrics -> metrics.load(value))
        .description(description)
        .register(registry);
  }

  private double load(ToDoubleFunction<Load> value) {
    Engine watched = engine;
    return watched == null ? 0 : value.applyAsDouble(watched.load());
  }

  static Duration[] latencyBuckets() {
    return LATENCY_BUCKETS.clone();
  }
}
