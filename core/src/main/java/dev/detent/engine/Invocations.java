// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.store.InvocationRow;
import dev.detent.store.StepRow;
import dev.detent.store.Store;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Lists invocations and their journals as they are committed, open ones and those that are kept.
/// Its methods block.
///
/// **Threads**: safe for any number of threads.
public final class Invocations {
  private static final String SIGNAL = "signal.";

  private static final Comparator<StepRow> ORDER =
      Comparator.comparing((StepRow step) -> step.position().startsWith(SIGNAL))
          .thenComparing(Invocations::places, Arrays::compare);

  private final Store store;

  Invocations(Store store) {
    this.store = store;
  }

  /// Returns invocations in order of their ids.
  ///
  /// @param status only those, or null for all
  /// @param after only ids above this one, or null for all
  /// @param limit at most so many, 1 to 1,000
  public List<InvocationRow> list(
      InvocationRow.@Nullable Status status, @Nullable String after, int limit) {
    return store.invocations(status, after, limit);
  }

  /// Returns an invocation, or null if there is none or it is not kept any more.
  public @Nullable InvocationRow find(String id) {
    return Ids.partition(id) < 0 ? null : store.invocation(id);
  }

  /// Returns the journal of an invocation's life in the handler's order, signals last; empty once
  /// the invocation has ended.
  public List<StepRow> journal(InvocationRow invocation) {
    int life = invocation.run().life();
    return store.steps(invocation.id()).stream()
        .filter(step -> step.life() == life)
        .sorted(ORDER)
        .toList();
  }

  /// Returns the id by which an entry of a journal is answered if it is an awakeable.
  public static String place(StepRow step) {
    return Ids.place(step.invocation(), step.life(), step.position());
  }

  private static long[] places(StepRow step) {
    String position = step.position();
    String numbers = position.startsWith(SIGNAL) ? position.substring(SIGNAL.length()) : position;
    return Arrays.stream(numbers.split("\\.")).mapToLong(Long::parseLong).toArray();
  }
}
