// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Looks for an order of concurrent operations on one object that explains all their results: each
/// operation takes effect at one moment between its call and its return.
///
/// It is the search of Wing and Gong ("Testing and verifying concurrent objects", 1993) with the
/// memory that Lowe added ("Testing for linearizability", 2017). Operations on different objects
/// need not be compared: a history is linearizable if that of each object is.
///
/// **Limits**: fast where results tell much of the state, as versions do. Many operations of
/// unknown outcome whose effects nobody saw make many possibilities: after 500,000 combinations it
/// gives up and says so.
///
/// **Threads**: safe for any number of threads.
public final class LinearizabilityChecker {
  private static final int EXPLORED_MAX = 500_000;
  private static final int SHOWN = 4;

  private LinearizabilityChecker() {}

  /// Checks the history of one object.
  ///
  /// @param <S> the object's state
  /// @param <O> what is asked
  /// @param <R> what is answered
  /// @param model what the object should do
  /// @param operations its operations in any order
  public static <S, O, R> Verdict check(
      Model<S, O, R> model, List<? extends Operation<O, R>> operations) {
    List<Operation<O, R>> history = List.copyOf(operations);
    var search = new Search<>(model, history, Long.MAX_VALUE, EXPLORED_MAX);
    Verdict.Kind kind = search.run();
    String explanation =
        switch (kind) {
          case LINEARIZABLE -> "";
          case BROKEN -> explain(model, history);
          case UNDECIDED ->
              "%,d operations: expected an order that explains them, gave up after %,d combinations"
                  .formatted(history.size(), search.explored());
        };
    return new Verdict(kind, explanation, search.explored());
  }

  /// Finds the first return that makes the history impossible, and tells of what was around it.
  private static <S, O, R> String explain(Model<S, O, R> model, List<Operation<O, R>> history) {
    long[] returns =
        history.stream().mapToLong(Operation::returnedAt).sorted().distinct().toArray();
    int fine = -1;
    int broken = returns.length - 1;
    while (broken - fine > 1) {
      int middle = (fine + broken) >>> 1;
      var search = new Search<>(model, history, returns[middle], EXPLORED_MAX);
      if (search.run() == Verdict.Kind.BROKEN) {
        broken = middle;
      } else {
        fine = middle;
      }
    }
    var search = new Search<>(model, history, returns[broken], EXPLORED_MAX);
    search.run();
    return told(search.best(), history);
  }

  private static <S, O, R> String told(Search.Best<S, O, R> best, List<Operation<O, R>> history) {
    long start = history.stream().mapToLong(Operation::calledAt).min().orElse(0);
    List<Operation<O, R>> order = best.order();
    List<Operation<O, R>> last = order.subList(Math.max(0, order.size() - SHOWN), order.size());
    var text = new StringBuilder("%,d operations".formatted(history.size()));
    text.append(": expected an order that explains them, got none. After ");
    text.append("%,d that fit".formatted(order.size()));
    text.append(last.isEmpty() ? "" : ", at last\n" + lines(last, start));
    text.append("\nin state ").append(best.state()).append(" none of these fits:\n");
    return text.append(lines(best.stuck(), start)).toString();
  }

  private static <O, R> String lines(List<Operation<O, R>> operations, long start) {
    return operations.stream()
        .map(operation -> line(operation, start))
        .collect(Collectors.joining("\n"));
  }

  private static String line(Operation<?, ?> operation, long start) {
    String returned =
        operation.returnedAt() == Operation.OPEN ? "?" : ms(operation.returnedAt() - start);
    return "  %s..%s ms: %s -> %s"
        .formatted(
            ms(operation.calledAt() - start),
            returned,
            operation.asked(),
            operation.certain() ? operation.result() : "?");
  }

  private static String ms(long nanos) {
    return String.format(Locale.ROOT, "%.3f", nanos / 1e6);
  }
}
