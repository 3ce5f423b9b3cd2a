// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.door;

import dev.detent.ErrorCode;
import dev.detent.store.InvocationRow;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// Counts what one machine does. All meters of the usual case are made at once, so that counting is
/// one look-up.
final class MachineMeters {
  private final MeterRegistry registry;
  private final String machine;
  private final Map<String, Counter> causes = new ConcurrentHashMap<>();
  private final Map<ErrorCode, Counter> refusals = new ConcurrentHashMap<>();
  private final Map<String, Counter> changes = new ConcurrentHashMap<>();
  private final Timer latency;
  private final Timer lateness;

  MachineMeters(MeterRegistry registry, String machine) {
    this.registry = registry;
    this.machine = machine;
    causes.put("command", cause("command"));
    latency = timer("detent.answer", "From submission to answer");
    lateness = timer("detent.timer.lateness", "How late timers fired");
  }

  void transitioned(String cause) {
    causes.computeIfAbsent(cause, this::cause).increment();
  }

  void answered(long nanos) {
    latency.record(nanos, TimeUnit.NANOSECONDS);
  }

  void refused(ErrorCode code) {
    refusals.computeIfAbsent(code, this::refusal).increment();
  }

  void fired(long lateMs) {
    lateness.record(lateMs, TimeUnit.MILLISECONDS);
  }

  void stands(InvocationRow.Status status, int attempt) {
    changes.computeIfAbsent(change(status, attempt), this::change).increment();
  }

  private static String change(InvocationRow.Status status, int attempt) {
    return status == InvocationRow.Status.RUNNING
        ? attempt == 0 ? "begun" : "retried"
        : Labels.of(status);
  }

  private Counter change(String change) {
    return Counter.builder("detent.invocations")
        .description("What became of invocations")
        .tag("machine", machine)
        .tag("change", change)
        .register(registry);
  }

  private Counter cause(String cause) {
    return Counter.builder("detent.transitions")
        .description("Transitions committed")
        .tag("machine", machine)
        .tag("cause", cause)
        .register(registry);
  }

  private Counter refusal(ErrorCode code) {
    return Counter.builder("detent.refused")
        .description("Requests and sends refused or failed")
        .tag("machine", machine)
        .tag("code", code.name())
        .register(registry);
  }

  private Timer timer(String name, String description) {
    return Timer.builder(name)
        .description(description)
        .tag("machine", machine)
        .serviceLevelObjectives(Metrics.latencyBuckets())
        .register(registry);
  }
}
