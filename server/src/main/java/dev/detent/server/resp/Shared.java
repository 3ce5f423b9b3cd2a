// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import dev.detent.engine.Engine;
import dev.detent.server.door.Workers;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// Holds what all connections of a door share.
///
/// **Threads**: safe for any number of threads.
final class Shared {
  private final Engine engine;
  private final RespOptions options;
  private final Workers workers = new Workers("detent-redis");
  private final Dispatcher dispatcher = new Dispatcher(CommandTable.standard());
  private final Settings settings = new Settings();
  private final Channels channels;
  private final ScanCursors scans = new ScanCursors();
  private final Map<Long, Session> clients = new ConcurrentSkipListMap<>();
  private final AtomicLong lastClient = new AtomicLong();
  private final AtomicInteger connected = new AtomicInteger();
  private final LongAdder commands = new LongAdder();
  private final LongAdder errors = new LongAdder();
  private final String runId = UUID.randomUUID().toString().replace("-", "") + "00000000";
  private final long startedNanos = System.nanoTime();
  private volatile int port;

  Shared(Engine engine, RespOptions options) {
    this.engine = engine;
    this.options = options;
    this.channels = new Channels(engine.events());
  }

  /// Ends what works for the connections.
  void close() {
    channels.close();
    workers.close();
  }

  Engine engine() {
    return engine;
  }

  RespOptions options() {
    return options;
  }

  Workers workers() {
    return workers;
  }

  Dispatcher dispatcher() {
    return dispatcher;
  }

  Settings settings() {
    return settings;
  }

  Channels channels() {
    return channels;
  }

  ScanCursors scans() {
    return scans;
  }

  /// Returns the clients by their ids.
  Map<Long, Session> clients() {
    return clients;
  }

  long nextClient() {
    return lastClient.incrementAndGet();
  }

  /// Returns how many connections there have been.
  long connections() {
    return lastClient.get();
  }

  /// Counts connections, and returns how many are open.
  int connected(int more) {
    return connected.addAndGet(more);
  }

  /// Counts a command.
  void counted() {
    commands.increment();
  }

  long commands() {
    return commands.sum();
  }

  /// Counts a command that was answered with an error.
  void refused() {
    errors.increment();
  }

  long errors() {
    return errors.sum();
  }

  String runId() {
    return runId;
  }

  long upNanos() {
    return System.nanoTime() - startedNanos;
  }

  int port() {
    return port;
  }

  void port(int bound) {
    port = bound;
  }
}
