// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.handler.Awakeable;
import dev.detent.handler.DeadlineException;
import dev.detent.handler.TerminalException;
import dev.detent.store.StepRow;
import dev.detent.store.StepRow.Kind;
import dev.detent.store.StepRow.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class WaitTest {
  private final AtomicInteger runs = new AtomicInteger();

  record Receipt(String bank, int cents) {}

  @Test
  void sleepsUntilItIsTold() {
    var trial =
        new Trial(ctx -> {
          ctx.sleep(Duration.ofHours(1));
          return "awake";
        });
    trial.start();
    StepRow row = trial.journal.await("0");
    assertThat(row.status()).isEqualTo(Status.PENDING);
    assertThat(row.dueAt()).isEqualTo(row.at() + 3_600_000);
    trial.journal.complete("0", null);
    assertThat(Trial.answer(trial.journal.ending())).isEqualTo("\"awake\"");
  }

  @Test
  void callsAnotherInstanceAndSendsToIt() {
    var trial =
        new Trial(ctx ->
            ctx.send("other", "a", "begin", new Receipt("b", 1))
                + ctx.send("other", "a", "later", null, Duration.ofDays(1))
                + ctx.call("other", "b", "ask", List.of(1), Receipt.class).cents());
    trial.start();
    assertThat(trial.journal.await("0").outgoing())
        .isEqualTo(
            new StepRow.Outgoing(
                "child-0", new Key("other", "a"), "begin", "{\"bank\":\"b\",\"cents\":1}", ""));
    StepRow later = trial.journal.await("1");
    assertThat(later.dueAt()).isEqualTo(later.at() + 86_400_000);
    trial.journal.await("2");
    trial.journal.complete("2", "{\"bank\":\"x\",\"cents\":42}");
    assertThat(Trial.answer(trial.journal.ending())).isEqualTo("\"child-0child-142\"");
  }

  @Test
  void throwsWhatACallWasRefusedWith() {
    var trial =
        new Trial(ctx -> {
          try {
            return ctx.call("other", "b", "ask", null, String.class);
          } catch (TerminalException e) {
            return e.code() + ": " + e.getMessage() + " " + e.details();
          }
        });
    trial.start();
    trial.journal.await("0");
    trial.journal.fail(
        "0",
        Problem.of(ErrorCode.TRANSITION_NOT_ALLOWED, "not in state x")
            .with("allowed", List.of("go")));
    assertThat(Trial.answer(trial.journal.ending()))
        .isEqualTo("\"TRANSITION_NOT_ALLOWED: not in state x {allowed=[go]}\"");
  }

  @Test
  void waitsForAnAnswerFromOutsideBeforeAndAfterItCame() {
    var trial =
        new Trial(ctx -> {
          Awakeable<Integer> early = ctx.awakeable(Integer.class);
          Awakeable<Integer> late = ctx.awakeable(Integer.class, Duration.ofDays(1));
          ctx.step("tell", () -> runs.incrementAndGet());
          return List.of(early.await(), late.await(), early.await(), late.id());
        });
    trial.start();
    trial.journal.await("2");
    trial.journal.complete("0", "1");
    trial.journal.complete("1", "2");
    assertThat(Trial.answer(trial.journal.ending())).isEqualTo("[1,2,1,\"i3-1-1~0~1\"]");
    assertThat(trial.answer()).isEqualTo("[1,2,1,\"i3-1-1~0~1\"]");
    assertThat(trial.journal.positions()).containsExactly("0", "1", "2");
  }

  @Test
  void runsNoEffectBeforeAnAwakeableIsRecorded() {
    assertHeld(ctx -> {
      ctx.awakeable(String.class);
      return ctx.step("tell", int.class, runs::incrementAndGet);
    });
    assertHeld(ctx -> {
      ctx.all(List.of(branch -> branch.awakeable(String.class).id()));
      return ctx.transact("tell", int.class, connection -> runs.incrementAndGet());
    });
    assertHeld(ctx -> {
      ctx.awakeable(String.class);
      return ctx.all(List.of(branch -> branch.step("tell", int.class, runs::incrementAndGet)));
    });
  }

  private void assertHeld(Trial.Code code) {
    runs.set(0);
    var thread = new AtomicReference<@Nullable Thread>();
    var trial =
        new Trial(ctx -> {
          thread.set(Thread.currentThread());
          return code.run(ctx);
        });
    var held = new CountDownLatch(1);
    trial.journal.hold(held);
    trial.start();
    Trial.awaitStandstill(thread);
    assertThat(runs).hasValue(0);
    held.countDown();
    Trial.answer(trial.journal.ending());
    assertThat(runs).hasValue(1);
  }

  @Test
  void letsGoOnlyOnceAnAwakeableIsRecorded() {
    var thread = new AtomicReference<@Nullable Thread>();
    var trial =
        new Trial(ctx -> {
          thread.set(Thread.currentThread());
          return ctx.awakeable(String.class).await();
        });
    var held = new CountDownLatch(1);
    trial.journal.hold(held);
    trial.journal.crowded(true);
    trial.start();
    Trial.awaitStandstill(thread);
    assertThat(trial.journal.hasEnding()).isFalse();
    held.countDown();
    assertThat(trial.journal.ending()).isEqualTo(new Ending.Unwound(0));
  }

  @Test
  void throwsWhenAnAwakeableIsRejectedOrLate() {
    var trial =
        new Trial(ctx -> {
          Awakeable<String> rejected = ctx.awakeable(String.class);
          Awakeable<String> late = ctx.awakeable(String.class, Duration.ofHours(1));
          try {
            return rejected.await();
          } catch (DeadlineException e) {
            return "too early for that";
          } catch (TerminalException e) {
            try {
              return late.await();
            } catch (DeadlineException d) {
              return e.code() + e.details() + ", " + d.code();
            }
          }
        });
    trial.start();
    trial.journal.await("1");
    trial.journal.fail("0", Failures.rejected("REJECTED", "no", Map.of("why", "because")));
    trial.journal.fail("1", Failures.deadlinePassed(trial.journal.row("1")));
    assertThat(Trial.answer(trial.journal.ending()))
        .isEqualTo("\"REJECTED{why=because}, DEADLINE\"");
  }

  @Test
  void takesSignalsInTheOrderOfTheirArrival() {
    var trial =
        new Trial(ctx ->
            ctx.signal("a", String.class)
                + ctx.signal("b", int.class)
                + ctx.signal("a", String.class));
    trial.journal.signal("a", "\"first\"");
    trial.journal.given(signal(7, "a", "\"late\""));
    trial.start();
    trial.journal.await(row -> row.position().equals("0"));
    trial.journal.signal("b", "5");
    assertThat(Trial.answer(trial.journal.ending())).isEqualTo("\"first5late\"");
    assertThat(trial.answer()).isEqualTo("\"first5late\"");
  }

  private static StepRow signal(int number, String name, String value) {
    return new StepRow(
        "i3-1-1",
        0,
        "signal." + number,
        3,
        Kind.SIGNAL,
        name,
        Status.COMPLETED,
        null,
        value,
        null,
        1,
        null);
  }

  @Test
  void hearsOfCompletionsThatComeBeforeItHasLoaded() {
    var trial =
        new Trial(ctx -> {
          ctx.sleep(Duration.ofDays(1));
          return ctx.signal("go", String.class);
        });
    trial.start();
    StepRow pending = trial.journal.await("0");
    var told = new CountDownLatch(1);
    trial.journal.beforeLoad(told);
    Attempt attempt = trial.start();
    attempt.completed(pending.ended(null, null, 5));
    attempt.completed(pending.ended(null, null, 5));
    attempt.completed(signal(1, "go", "\"went\""));
    told.countDown();
    assertThat(Trial.answer(trial.journal.ending())).isEqualTo("\"went\"");
    assertThat(attempt.ended()).isTrue();
  }

  @Test
  void letsGoOfItsThreadWhereManyWaitAndSaysWhatItHadHeard() {
    var finals = new AtomicInteger();
    var trial =
        new Trial(ctx -> {
          try {
            ctx.awakeable(String.class);
            ctx.sleep(Duration.ofDays(1));
            return "slept";
          } finally {
            finals.incrementAndGet();
          }
        });
    trial.journal.crowded(true);
    assertThat(trial.run()).isEqualTo(new Ending.Unwound(0));
    trial.journal.answers(row -> row.position().equals("0") ? row.ended("1", null, 1) : null);
    var ending = (Ending.Unwound) trial.run();
    assertThat(ending.heard()).isLessThanOrEqualTo(trial.journal.told());
    trial.journal.answers(MemoryJournal::atOnce);
    trial.journal.crowded(false);
    assertThat(trial.answer()).isEqualTo("\"slept\"");
    assertThat(finals).hasValue(3);
  }

  @Test
  void doesNotLetGoForWhatHasCome() {
    var trial =
        new Trial(ctx -> {
          ctx.sleep(Duration.ofDays(1));
          return "slept";
        });
    trial.start();
    trial.journal.await("0");
    trial.journal.complete("0", null);
    trial.journal.ending();
    trial.journal.crowded(true);
    assertThat(trial.answer()).isEqualTo("\"slept\"");
  }

  @Test
  void countsWhatItHeardBeforeItLetGo() {
    var trial = new Trial(ctx -> ctx.call("other", "o", "go", null, String.class));
    trial.start();
    trial.journal.await("0");
    trial.journal.crowded(true);
    var loadable = new CountDownLatch(1);
    trial.journal.beforeLoad(loadable);
    Attempt attempt = trial.start();
    attempt.completed(signal(1, "one", "1"));
    attempt.completed(signal(2, "two", "2"));
    attempt.cancel();
    loadable.countDown();
    assertThat(trial.journal.ending()).isEqualTo(new Ending.Unwound(3));
  }

  @Test
  void takesNoSignalTwiceAfterACrash() {
    var trial = new Trial(ctx -> ctx.signal("s", String.class) + ctx.signal("s", String.class));
    trial.journal.signal("s", "\"a\"");
    trial.journal.signal("s", "\"b\"");
    trial.journal.crashAfter(1);
    assertThat(trial.run()).isEqualTo(new Ending.Unwound(-1));
    trial.journal.crashAfter(Integer.MAX_VALUE);
    assertThat(trial.answer()).isEqualTo("\"ab\"");
  }

  @Test
  void doesNotLetTheTimeOfADeliveryPassWithASend() {
    var trial =
        new Trial(ctx -> {
          ctx.send("other", "o", "go", null);
          return ctx.now().toEpochMilli();
        });
    assertThat(trial.answer()).isEqualTo("1000");
    trial.journal.given(trial.journal.row("0").ended(null, null, 9_999));
    assertThat(trial.answer()).isEqualTo("1000");
  }
}
