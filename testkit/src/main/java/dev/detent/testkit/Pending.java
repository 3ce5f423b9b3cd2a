// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import dev.detent.DetentException;
import dev.detent.Key;
import dev.detent.engine.Detent;
import dev.detent.store.InvocationRow;
import dev.detent.store.StepRow;
import dev.detent.store.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Helps handlers on while a walk waits for them: lets their pauses pass, has the world answer, and
/// ends those that will never end.
///
/// @param detent runs them
/// @param store keeps their journals
/// @param clock the store's clock, or null if it can't be moved
/// @param outside what the world does while a handler waits for it
record Pending(
    Detent detent, Store store, @Nullable ManualClock clock, BiConsumer<Detent, String> outside) {
  private static final System.Logger LOG = System.getLogger(Pending.class.getName());
  private static final int PAGE = 1_000;

  /// Helps.
  ///
  /// @param key the instance that is waited for
  /// @param enough whether that has taken too long
  /// @return why that is in vain, or an empty text
  String help(Key key, boolean enough) {
    List<InvocationRow> open = open();
    for (InvocationRow invocation : open) {
      boolean mine = invocation.key().equals(key);
      if (mine && (enough || invocation.status() == InvocationRow.Status.PAUSED)) {
        String why = why(invocation);
        detent.invocation(invocation.id()).kill();
        return why;
      }
      act(invocation);
    }
    pass(open);
    return enough ? "it did not end in time" : "";
  }

  private List<InvocationRow> open() {
    var open = new ArrayList<InvocationRow>();
    for (int partition = 0; partition < store.partitions(); partition++) {
      open.addAll(store.open(partition, null, PAGE));
    }
    return open;
  }

  private String why(InvocationRow invocation) {
    String problem = invocation.run().problem();
    if (problem != null) {
      return "its handler fails: " + problem;
    }
    String waits =
        journal(invocation)
            .filter(step -> step.status() == StepRow.Status.PENDING)
            .map(step -> step.kind().name().toLowerCase(java.util.Locale.ROOT) + " " + step.name())
            .findFirst()
            .orElse("nothing in its journal");
    return "its handler does not end, and waits for " + waits.strip();
  }

  private void act(InvocationRow invocation) {
    try {
      outside.accept(detent, invocation.id());
    } catch (DetentException e) {
      // It has ended meanwhile, or does not wait for that yet: the next look tries again.
      LOG.log(System.Logger.Level.DEBUG, "outside, {0}: {1}", invocation.id(), e.getMessage());
    }
  }

  private Stream<StepRow> journal(InvocationRow invocation) {
    return detent.invocations().journal(invocation).stream();
  }

  /// Moves the clock to what is due next.
  private void pass(List<InvocationRow> open) {
    if (clock == null) {
      return;
    }
    long now = clock.millis();
    OptionalLong next = open.stream().flatMapToLong(this::due).filter(due -> due > now).min();
    next.ifPresent(due -> clock.advance(Duration.ofMillis(due - now)));
  }

  private LongStream due(InvocationRow invocation) {
    LongStream sleeps =
        journal(invocation)
            .filter(step -> step.kind() == StepRow.Kind.SLEEP)
            .filter(step -> step.status() == StepRow.Status.PENDING)
            .map(StepRow::dueAt)
            .filter(java.util.Objects::nonNull)
            .mapToLong(Long::longValue);
    return LongStream.concat(sleeps, LongStream.of(invocation.run().retryAt()));
  }
}
