// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.handler.Awakeable;
import dev.detent.handler.CancelledException;
import dev.detent.handler.Context;
import dev.detent.handler.RetryPolicy;
import dev.detent.handler.TerminalException;
import dev.detent.store.StepRow;
import dev.detent.store.StepRow.Kind;
import dev.detent.store.StepRow.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class CancelTest {
  private final List<String> done = Collections.synchronizedList(new ArrayList<>());

  private void step(Context ctx, String name) {
    ctx.step(name, () -> done.add(name));
  }

  private Object compensating(Context ctx) {
    step(ctx, "reserve");
    try {
      ctx.sleep(Duration.ofDays(1));
      return "slept";
    } catch (CancelledException e) {
      step(ctx, "release");
      ctx.sleep(Duration.ofDays(2));
      step(ctx, "tell");
      throw e;
    }
  }

  @Test
  void arrivesAtTheWaitAndLetsCompensationBeDurable() {
    var trial = new Trial(this::compensating);
    Attempt attempt = trial.start();
    trial.journal.await("1");
    attempt.cancel();
    attempt.cancel();
    trial.journal.await("3");
    assertThat(trial.journal.row("1"))
        .extracting(StepRow::kind, StepRow::status)
        .containsExactly(Kind.SLEEP, Status.FAILED);
    trial.journal.complete("3", null);
    Ending.Cancelled ending = (Ending.Cancelled) trial.journal.ending();
    assertThat(ending.problem().code()).isEqualTo(ErrorCode.CANCELLED);
    assertThat(ending.problem().members()).containsEntry("key", "k");
    assertThat(done).containsExactly("reserve", "release", "tell");
  }

  @Test
  void goesOnCompensatingAfterACrashAtEachEntry() {
    for (int cut = 0; cut < 5; cut++) {
      done.clear();
      var trial = new Trial(this::compensating);
      trial.journal.answers(
          row -> row.position().equals("3") ? row.ended(null, null, row.at()) : null);
      trial.cancelled();
      trial.journal.crashAfter(cut);
      assertThat(trial.run()).isEqualTo(new Ending.Unwound(-1));
      trial.journal.crashAfter(Integer.MAX_VALUE);
      assertThat(trial.run()).as("after %s entries", cut).isInstanceOf(Ending.Cancelled.class);
      assertThat(done).contains("reserve", "release", "tell").hasSizeBetween(3, 4);
    }
  }

  @Test
  void endsAsIfNothingHadBeenIfTheHandlerReturns() {
    var trial =
        new Trial(ctx -> {
          try {
            return ctx.signal("go", String.class);
          } catch (CancelledException e) {
            return "instead";
          }
        });
    trial.cancelled();
    assertThat(trial.answer()).isEqualTo("\"instead\"");
    assertThat(trial.journal.row("0"))
        .extracting(StepRow::kind, StepRow::name, StepRow::status)
        .containsExactly(Kind.SIGNAL, "go", Status.FAILED);
    assertThat(trial.answer()).isEqualTo("\"instead\"");
  }

  @Test
  void beginsNoCallAndNoBranchesOnceItIsDue() {
    var trial =
        new Trial(ctx -> {
          var seen = new ArrayList<String>();
          try {
            ctx.call("other", "o", "go", null, String.class);
          } catch (CancelledException e) {
            seen.add("call");
          }
          return seen;
        });
    trial.cancelled();
    assertThat(trial.answer()).isEqualTo("[\"call\"]");
    assertThat(trial.journal.row("0").outgoing()).isNull();
    assertThat(trial.answer()).isEqualTo("[\"call\"]");
    var branches =
        new Trial(ctx -> {
          try {
            return ctx.all(List.of(branch -> done.add("branch"))).toString();
          } catch (CancelledException e) {
            return "all";
          }
        });
    branches.cancelled();
    assertThat(branches.answer()).isEqualTo("\"all\"");
    assertThat(done).isEmpty();
  }

  @Test
  void waitsForTheAnswerOfACallWhichIsCancelledFirst() {
    var trial =
        new Trial(ctx -> {
          try {
            return ctx.call("other", "o", "go", null, String.class);
          } catch (CancelledException e) {
            ctx.sleep(Duration.ofDays(1));
            return "compensated: " + e.getMessage();
          }
        });
    Attempt attempt = trial.start();
    trial.journal.await("0");
    attempt.cancel();
    assertThat(trial.journal.row("0").status()).isEqualTo(Status.PENDING);
    trial.journal.fail("0", Failures.cancelled(new Key("other", "o")));
    trial.journal.await("1");
    trial.journal.complete("1", null);
    assertThat(Trial.answer(trial.journal.ending()))
        .isEqualTo("\"compensated: other/o: the invocation was cancelled\"");
    trial.cancelled();
    assertThat(trial.answer()).contains("compensated");
  }

  @Test
  void failsIfOnlyTheOtherSideWasCancelled() {
    var trial = new Trial(ctx -> ctx.call("other", "o", "go", null, String.class));
    trial.start();
    trial.journal.await("0");
    trial.journal.fail("0", Failures.cancelled(new Key("other", "o")));
    Problem problem = ((Ending.Failed) trial.journal.ending()).problem();
    assertThat(problem.code()).isEqualTo(ErrorCode.HANDLER_FAILED);
    assertThat(TerminalException.of(problem)).isInstanceOf(CancelledException.class);
  }

  @Test
  void takesACallThatSucceedsNeverthelessAndArrivesLater() {
    var trial =
        new Trial(ctx -> {
          String answer = ctx.call("other", "o", "go", null, String.class);
          try {
            ctx.sleep(Duration.ZERO);
            return "missed";
          } catch (CancelledException e) {
            return answer;
          }
        });
    Attempt attempt = trial.start();
    trial.journal.await("0");
    attempt.cancel();
    trial.journal.complete("0", "\"done\"");
    assertThat(Trial.answer(trial.journal.ending())).isEqualTo("\"done\"");
  }

  @Test
  void yieldsToWhatCameFirst() {
    var trial =
        new Trial(ctx -> {
          ctx.sleep(Duration.ofDays(1));
          try {
            ctx.signal("go", String.class);
            return "missed";
          } catch (CancelledException e) {
            return "slept, then cancelled";
          }
        });
    trial.start();
    StepRow row = trial.journal.await("0");
    trial.cancelled();
    // It was told to others than this attempt, whose record of the cancellation comes too late.
    trial.journal.replaceBeforeAppend(row.ended(null, null, 2_000));
    assertThat(trial.answer()).isEqualTo("\"slept, then cancelled\"");
    assertThat(trial.journal.row("0").status()).isEqualTo(Status.COMPLETED);
  }

  @Test
  void leavesAnAwakeableToBeAnsweredDuringCompensation() {
    var trial =
        new Trial(ctx -> {
          Awakeable<String> answer = ctx.awakeable(String.class);
          try {
            return answer.await();
          } catch (CancelledException e) {
            return "still: " + answer.await();
          }
        });
    trial.cancelled();
    trial.start();
    trial.journal.await("1");
    trial.journal.complete("0", "\"yes\"");
    assertThat(Trial.answer(trial.journal.ending())).isEqualTo("\"still: yes\"");
    assertThat(trial.answer()).isEqualTo("\"still: yes\"");
    assertThat(trial.journal.positions()).containsExactly("0", "1");
  }

  @Test
  void doesNotTouchStepsButThePausesBetweenTheirRetries() {
    var failed = new CountDownLatch(1);
    var trial =
        new Trial(ctx -> {
          step(ctx, "one");
          var hour = Duration.ofHours(1);
          try {
            return ctx.step(
                "two",
                String.class,
                RetryPolicy.of(9).pauses(hour, hour),
                () -> {
                  failed.countDown();
                  throw new IllegalStateException("not now");
                });
          } catch (CancelledException e) {
            return "gave up";
          }
        });
    Attempt attempt = trial.start();
    attempt.cancel();
    assertThat(Trial.answer(trial.journal.ending())).isEqualTo("\"gave up\"");
    assertThat(done).containsExactly("one");
    assertThat(failed.getCount()).isZero();
    assertThat(trial.journal.row("1").kind()).isEqualTo(Kind.STEP);
  }

  @Test
  void arrivesAtAStepWhereAnEarlierAttemptFailed() {
    var trial =
        new Trial(ctx -> {
          step(ctx, "one");
          try {
            ctx.step(
                "two",
                () -> {
                  throw new IllegalStateException("never");
                });
            return "";
          } catch (CancelledException e) {
            step(ctx, "undo");
            throw e;
          }
        });
    assertThat(trial.run()).isInstanceOf(Ending.Retry.class);
    trial.cancelled();
    trial.failedBefore();
    assertThat(trial.run()).isInstanceOf(Ending.Cancelled.class);
    assertThat(done).containsExactly("one", "undo");
  }

  @Test
  void arrivesInEachBranchAndWaitsForTheirCompensation() {
    var trial =
        new Trial(ctx -> {
          try {
            return ctx.all(List.of(branch -> undoing(branch, "a"), branch -> undoing(branch, "b")))
                .toString();
          } catch (CancelledException e) {
            ctx.sleep(Duration.ofDays(1));
            step(ctx, "undo all");
            throw e;
          }
        });
    trial.journal.answers(row ->
        row.position().equals("0.0.0") || row.position().equals("0.1.0")
            ? null
            : MemoryJournal.atOnce(row));
    Attempt attempt = trial.start();
    trial.journal.await(row -> row.kind() == Kind.SLEEP);
    trial.journal.await(row -> row.kind() == Kind.SLEEP);
    attempt.cancel();
    assertThat(trial.journal.ending()).isInstanceOf(Ending.Cancelled.class);
    assertThat(done).containsExactlyInAnyOrder("undo a", "undo b", "undo all").endsWith("undo all");
    trial.cancelled();
    assertThat(trial.run()).isInstanceOf(Ending.Cancelled.class);
    assertThat(done).hasSize(3);
  }

  private String undoing(Context branch, String name) {
    try {
      branch.sleep(Duration.ofDays(1));
      return "slept";
    } catch (CancelledException e) {
      branch.sleep(Duration.ofDays(2));
      step(branch, "undo " + name);
      throw e;
    }
  }

  @Test
  void doesNotArriveAgainInBranchesThatCompensate() {
    var trial =
        new Trial(ctx -> {
          try {
            ctx.sleep(Duration.ofDays(1));
            return "";
          } catch (CancelledException e) {
            return ctx.all(
                List.of(
                    branch -> {
                      branch.sleep(Duration.ofDays(1));
                      return "a";
                    },
                    branch -> branch.call("other", "o", "undo", null, String.class)));
          }
        });
    trial.journal.answers(row -> row.position().equals("0") ? null : MemoryJournal.atOnce(row));
    trial.cancelled();
    assertThat(trial.answer()).isEqualTo("[\"a\",\"undo!\"]");
    assertThat(trial.answer()).isEqualTo("[\"a\",\"undo!\"]");
  }

  @Test
  void letsEachBranchEndItsCompensation() throws Exception {
    var first = new AtomicReference<Thread>();
    var trial =
        new Trial(ctx ->
            ctx.all(
                List.of(
                    branch -> {
                      first.set(Thread.currentThread());
                      branch.sleep(Duration.ofDays(1));
                      return "";
                    },
                    branch -> undoing(branch, "b"))));
    Attempt attempt = trial.start();
    trial.journal.await(row -> row.kind() == Kind.SLEEP);
    trial.journal.await(row -> row.kind() == Kind.SLEEP);
    attempt.cancel();
    trial.journal.await("0.1.1");
    first.get().join();
    trial.journal.complete("0.1.1", null);
    assertThat(trial.journal.ending()).isInstanceOf(Ending.Cancelled.class);
    assertThat(done).containsExactly("undo b");
  }

  @Test
  void arrivesInTheBranchesThatAnEarlierAttemptBegan() {
    var trial = new Trial(ctx -> ctx.all(List.of(branch -> undoing(branch, "a"))));
    Attempt attempt = trial.start();
    trial.journal.await("0.0.0");
    attempt.stop();
    trial.journal.answers(row -> row.position().equals("0.0.1") ? MemoryJournal.atOnce(row) : null);
    trial.cancelled();
    assertThat(trial.run()).isInstanceOf(Ending.Cancelled.class);
    assertThat(done).containsExactly("undo a");
  }

  @Test
  void doesNotArriveAtAWaitThatAnEarlierAttemptHasPassed() {
    var trial =
        new Trial(ctx -> {
          String answer = ctx.awakeable(String.class).await();
          step(ctx, "use " + answer);
          try {
            ctx.sleep(Duration.ofDays(1));
            return "";
          } catch (CancelledException e) {
            return "cancelled after " + answer;
          }
        });
    Attempt attempt = trial.start();
    trial.journal.await("0");
    trial.journal.complete("0", "\"it\"");
    trial.journal.await("3");
    attempt.stop();
    trial.cancelled();
    assertThat(trial.answer()).isEqualTo("\"cancelled after it\"");
    assertThat(trial.journal.positions()).containsExactly("0", "2", "3");
  }
}
