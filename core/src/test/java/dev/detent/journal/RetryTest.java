// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.handler.RetryPolicy;
import dev.detent.handler.TerminalException;
import dev.detent.store.StepRow.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class RetryTest {
  private static final Duration MOMENT = Duration.ofMillis(1);

  private final AtomicInteger runs = new AtomicInteger();

  private String flaky(int failures) throws IOException {
    if (runs.incrementAndGet() <= failures) {
      throw new IOException("line is busy");
    }
    return "call " + runs;
  }

  @Test
  void triesAgainInPlaceAndRecordsTheSuccess() {
    RetryPolicy policy = RetryPolicy.of(5).pauses(MOMENT, MOMENT);
    var trial = new Trial(ctx -> ctx.step("dial", String.class, policy, () -> flaky(3)));
    assertThat(trial.answer()).isEqualTo("\"call 4\"");
    assertThat(trial.answer()).isEqualTo("\"call 4\"");
  }

  @Test
  void recordsThatTheAttemptsAreUsedUp() {
    RetryPolicy policy = RetryPolicy.of(3).pauses(MOMENT, MOMENT);
    var trial =
        new Trial(ctx -> {
          try {
            ctx.step("dial", policy, key -> flaky(9));
            return "";
          } catch (TerminalException e) {
            return e.code() + ": " + e.getMessage() + e.details();
          }
        });
    String expected =
        "\"RETRIES_EXHAUSTED: step 'dial': failed 3 times, which is all it may, at last:"
            + " IOException: line is busy{attempts=3}\"";
    assertThat(trial.answer()).isEqualTo(expected);
    assertThat(trial.answer()).isEqualTo(expected);
    assertThat(runs).hasValue(3);
    assertThat(trial.journal.row("0").status()).isEqualTo(Status.FAILED);
  }

  @Test
  void failsAtOnceWithoutRetries() {
    var cause = new AtomicReference<Throwable>();
    var trial =
        new Trial(ctx -> {
          try {
            return ctx.step("dial", String.class, RetryPolicy.none(), key -> flaky(9));
          } catch (TerminalException e) {
            cause.set(e.getCause());
            throw e;
          }
        });
    assertThat(Trial.detail(trial.run()))
        .isEqualTo(
            "failed: step 'dial': failed once, which is all it may, at last: IOException: line is"
                + " busy");
    assertThat(cause.get()).isInstanceOf(IOException.class);
  }

  @Test
  void doesNotRetryWhatIsTerminalAndLeavesErrorsToTheNextAttempt() {
    RetryPolicy policy = RetryPolicy.of(5).pauses(MOMENT, MOMENT);
    var trial =
        new Trial(ctx ->
            ctx.step(
                "dial",
                String.class,
                policy,
                () -> {
                  runs.incrementAndGet();
                  throw new TerminalException("NO", "no such number");
                }));
    assertThat(Trial.detail(trial.run())).isEqualTo("failed: no such number");
    assertThat(runs).hasValue(1);
    var broken =
        new Trial(ctx ->
            ctx.step(
                "dial",
                String.class,
                policy,
                () -> {
                  throw new LinkageError("no such class");
                }));
    assertThat(Trial.detail(broken.run()))
        .isEqualTo("retry: trial/k: step 'dial' failed: LinkageError: no such class");
  }

  @Test
  void isStoppedBetweenTwoTries() throws Exception {
    var hour = Duration.ofHours(1);
    var failed = new CountDownLatch(1);
    var thread = new AtomicReference<Thread>();
    var trial =
        new Trial(ctx -> {
          thread.set(Thread.currentThread());
          return ctx.step(
              "dial",
              String.class,
              RetryPolicy.of(2).pauses(hour, hour),
              () -> {
                failed.countDown();
                return flaky(9);
              });
        });
    Attempt attempt = trial.start();
    failed.await();
    attempt.stop();
    thread.get().join();
    assertThat(trial.journal.hasEnding()).isFalse();
    assertThat(runs).hasValueLessThan(2);
  }

  @Test
  void rollsBackWhatFailsInATransactionAndRecordsOnlyTheFinalFailure() {
    var trial =
        new Trial(ctx -> {
          try {
            return ctx.transact(
                "write",
                String.class,
                connection -> {
                  throw new TerminalException("TAKEN", "name is taken");
                });
          } catch (TerminalException e) {
            return e.code();
          }
        });
    assertThat(trial.answer()).isEqualTo("\"TAKEN\"");
    assertThat(trial.answer()).isEqualTo("\"TAKEN\"");
    var retried = new Trial(ctx -> ctx.transact("write", String.class, connection -> flaky(1)));
    assertThat(Trial.detail(retried.run()))
        .isEqualTo("retry: trial/k: transact 'write' failed: IOException: line is busy");
    assertThat(retried.journal.positions()).isEmpty();
    assertThat(retried.answer()).isEqualTo("\"call 2\"");
    assertThat(retried.answer()).isEqualTo("\"call 2\"");
  }
}
