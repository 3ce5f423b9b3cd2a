// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.event.EventLog;
import dev.detent.machine.Machine;
import dev.detent.store.Stranded;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Runs machines on a store: what doors and applications talk to.
///
/// **Threads**: safe for any number of threads.
public final class Engine implements AutoCloseable {
  /// Submits a request. Never blocks: what can't be queued is refused at once with OVERLOADED.
  ///
  /// @param request the request
  /// @param reply called exactly once, on a thread of the engine or on the caller's; it must return
  ///   at once
  public void submit(Request request, Consumer<Reply> reply) {
    throw new IllegalStateException("next commit");
  }

  /// Returns the machines by name.
  public Map<String, Machine> machines() {
    throw new IllegalStateException("next commit");
  }

  /// Adds a machine or replaces its definition, durably. Blocks.
  ///
  /// @return what the definition would strand; empty means that it holds from now on
  public List<Stranded> define(Machine machine) {
    throw new IllegalStateException("next commit");
  }

  /// Returns the log of events.
  public EventLog events() {
    throw new IllegalStateException("next commit");
  }

  /// Returns committed instances of a machine in order of their keys. Blocks.
  public Instances instances() {
    throw new IllegalStateException("next commit");
  }

  /// Returns whether the engine can commit. Never blocks.
  public Health health() {
    throw new IllegalStateException("next commit");
  }

  /// Returns how much is waiting and remembered.
  public Load load() {
    throw new IllegalStateException("next commit");
  }

  /// Refuses new requests, commits what is decided, answers everybody, and lets the store go.
  ///
  /// @param limit how long that may take; whoever waits longer is told OUTCOME_UNKNOWN
  public void stop(Duration limit) {
    throw new IllegalStateException("next commit");
  }

  /// Stops within 5 s.
  @Override
  public void close() {
    stop(Duration.ofSeconds(5));
  }
}
