// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.door;

import dev.detent.event.ConsumerView;
import dev.detent.store.StoreException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// Counts what the consumers of this process do, and shows where those of all processes stand.
///
/// **Threads**: safe for any number of threads.
final class ConsumerMeters {
  private static final Duration LOOK_MAX = Duration.ofMillis(500);

  private final MeterRegistry registry;
  private final Map<String, Counter> counters = new ConcurrentHashMap<>();
  private final AtomicBoolean looking = new AtomicBoolean();
  private final MultiGauge lag;
  private final MultiGauge age;
  private final MultiGauge letters;
  private final MultiGauge stopped;
  private final MultiGauge holds;

  ConsumerMeters(MeterRegistry registry) {
    this.registry = registry;
    lag = gauge("detent.consumer.lag", "Events that lie before the consumer");
    age = gauge("detent.consumer.age.seconds", "Age of the oldest event that it has to handle");
    letters = gauge("detent.consumer.dead.letters", "Events that it gave up on");
    stopped = gauge("detent.consumer.partitions.stopped", "Partitions where it has stopped");
    holds = gauge("detent.consumer.holds.events", "1 if it keeps old events from being dropped");
  }

  private MultiGauge gauge(String name, String description) {
    return MultiGauge.builder(name).description(description).register(registry);
  }

  void handled(String consumer, int events) {
    count("detent.consumer.events", "Events that consumers have handled", consumer, events);
  }

  void failed(String consumer) {
    count("detent.consumer.failures", "Attempts to handle an event that failed", consumer, 1);
  }

  void buried(String consumer) {
    count("detent.consumer.buried", "Events that became dead letters", consumer, 1);
  }

  void halted(String consumer) {
    count("detent.consumer.halted", "How often consumers stopped", consumer, 1);
  }

  private void count(String name, String description, String consumer, int by) {
    counters
        .computeIfAbsent(
            name + ' ' + consumer,
            _ ->
                Counter.builder(name)
                    .description(description)
                    .tag("consumer", consumer)
                    .register(registry))
        .increment(by);
  }

  /// Looks where consumers stand, but does not wait for a store that does not answer: then the
  /// figures stay as they were.
  void look(Supplier<List<ConsumerView>> views, @Nullable Duration retention) {
    if (!looking.compareAndSet(false, true)) {
      return;
    }
    Thread look =
        Thread.ofVirtual()
            .start(() -> {
              try {
                show(views.get(), retention);
              } catch (StoreException e) {
                System.getLogger(Metrics.class.getName())
                    .log(System.Logger.Level.DEBUG, "no figures of consumers", e);
              } finally {
                looking.set(false);
              }
            });
    try {
      var _ = look.join(LOOK_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void show(List<ConsumerView> views, @Nullable Duration retention) {
    set(lag, views, ConsumerView::lag);
    set(age, views, view -> view.age().toMillis() / 1e3);
    set(letters, views, ConsumerView::deadLetters);
    set(
        stopped,
        views,
        view -> view.partitions().stream().filter(ConsumerView.Place::stopped).count());
    set(holds, views, view -> view.holds(retention) ? 1 : 0);
  }

  private static void set(
      MultiGauge gauge, List<ConsumerView> views, ToDoubleFunction<ConsumerView> value) {
    gauge.register(
        views.stream()
            .<MultiGauge.Row<?>>map(view ->
                MultiGauge.Row.of(Tags.of("consumer", view.name()), value.applyAsDouble(view)))
            .toList(),
        true);
  }
}
