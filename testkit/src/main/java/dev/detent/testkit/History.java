// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Records what many clients ask of one object at the same time, and what it answers.
///
/// ```java
/// var history = new History<String, Integer>();
/// History<String, Integer>.Call call = history.begin("increment");
/// // … ask …
/// call.returned(7); // or unknown(), or withdrawn()
/// Verdict verdict = LinearizabilityChecker.check(new CounterModel(), history.operations());
/// ```
///
/// **Threads**: safe for any number of threads.
///
/// @param <O> what is asked
/// @param <R> what is answered
public final class History<O, R> {
  private final LongSupplier clock;
  private final List<Call> calls = new ArrayList<>();

  /// Makes an empty history that takes its times from [System#nanoTime].
  public History() {
    this(System::nanoTime);
  }

  /// Makes an empty history.
  ///
  /// @param clock the time in nanoseconds, never going back; the same for all that is compared
  public History(LongSupplier clock) {
    this.clock = clock;
  }

  /// Takes note that something is asked now; call it before it is sent.
  ///
  /// @param asked what is asked
  public Call begin(O asked) {
    var call = new Call(asked, clock.getAsLong());
    synchronized (calls) {
      calls.add(call);
    }
    return call;
  }

  /// Returns all operations in the order of their calls. Those that have not ended count as if
  /// nobody knew their outcome.
  public List<Operation<O, R>> operations() {
    synchronized (calls) {
      return calls.stream()
          .filter(call -> !call.withdrawn)
          .map(Call::operation)
          .sorted((a, b) -> Long.compare(a.calledAt(), b.calledAt()))
          .toList();
    }
  }

  /// Waits for the end of one operation.
  public final class Call {
    private final O asked;
    private final long calledAt;
    private @Nullable R result;
    private long returnedAt = Operation.OPEN;
    private boolean withdrawn;

    private Call(O asked, long calledAt) {
      this.asked = asked;
      this.calledAt = calledAt;
    }

    /// Takes note of an answer that has come now. A refusal that tells of the object's state is an
    /// answer too.
    ///
    /// @param answer the answer
    public void returned(R answer) {
      long now = clock.getAsLong();
      synchronized (calls) {
        result = answer;
        returnedAt = now;
      }
    }

    /// Takes note that it took effect, as was learned elsewhere, at any moment after the call.
    ///
    /// @param answer what it would have answered
    public void happened(R answer) {
      synchronized (calls) {
        result = answer;
      }
    }

    /// Takes note that it did not happen and never will.
    public void withdrawn() {
      synchronized (calls) {
        withdrawn = true;
      }
    }

    /// Takes note that it is not known whether it happened or will. That is also what counts if
    /// nothing is said.
    public void unknown() {
      synchronized (calls) {
        result = null;
        returnedAt = Operation.OPEN;
      }
    }

    private Operation<O, R> operation() {
      return new Operation<>(asked, result, calledAt, returnedAt);
    }
  }
}
