// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.ErrorCode;
import dev.detent.handler.Context;
import dev.detent.handler.TerminalException;
import dev.detent.store.StepRow;
import dev.detent.store.StepRow.Kind;
import dev.detent.store.StepRow.Status;
import dev.detent.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class AttemptTest {
  private final AtomicInteger runs = new AtomicInteger();

  record Receipt(String bank, int cents) {}

  record Unwritable() {
    public int getNothing() {
      throw new IllegalStateException("not for JSON");
    }
  }

  @Test
  void runsAStepOnceAndRemembersItsResult() {
    var trial =
        new Trial(ctx ->
            ctx.step("charge", Receipt.class, key -> new Receipt(key, runs.incrementAndGet())));
    assertThat(trial.answer()).isEqualTo("{\"bank\":\"i3-1-1~0~0\",\"cents\":1}");
    assertThat(trial.answer()).isEqualTo("{\"bank\":\"i3-1-1~0~0\",\"cents\":1}");
    assertThat(trial.journal.row("0"))
        .extracting(StepRow::kind, StepRow::name, StepRow::status, StepRow::value)
        .containsExactly(
            Kind.STEP, "charge", Status.COMPLETED, "{\"bank\":\"i3-1-1~0~0\",\"cents\":1}");
  }

  @Test
  void remembersThatAStepHadNoResult() {
    var trial =
        new Trial(ctx -> {
          ctx.step("one", runs::incrementAndGet);
          ctx.step("two", key -> runs.addAndGet(key.length()));
          String three = ctx.step("three", String.class, () -> null);
          int four = ctx.step("four", int.class, () -> 4);
          return List.of(String.valueOf(three), four);
        });
    assertThat(trial.answer()).isEqualTo("[\"null\",4]");
    assertThat(trial.answer()).isEqualTo("[\"null\",4]");
    assertThat(runs).hasValue(1 + "i3-1-1~0~1".length());
    assertThat(trial.journal.row("2").value()).isNull();
  }

  @Test
  void givesBackOfAResultOnlyWhatIsRecorded() {
    var result = new ArrayList<>(List.of("a"));
    var trial =
        new Trial(ctx -> {
          List<?> given = ctx.step("list", List.class, () -> result);
          return given == (Object) result;
        });
    assertThat(trial.answer()).isEqualTo("false");
  }

  @Test
  void failsForGoodWithWhatAHandlerThrows() {
    var trial =
        new Trial(ctx -> {
          throw new TerminalException("NO_FUNDS", "not enough money", Map.of("missing", 5));
        });
    Ending.Failed failed = (Ending.Failed) trial.run();
    assertThat(failed.problem().code()).isEqualTo(ErrorCode.HANDLER_FAILED);
    assertThat(failed.problem().detail()).isEqualTo("not enough money");
    assertThat(failed.problem().members())
        .containsEntry("key", "k")
        .containsEntry("failure", Map.of("code", "NO_FUNDS", "details", Map.of("missing", 5)));
  }

  @Test
  void throwsTheSameFailureOfAStepNowAndOnReplay() {
    var causes = new ArrayList<String>();
    var trial =
        new Trial(ctx -> {
          try {
            return ctx.step(
                "charge",
                String.class,
                () -> {
                  throw new TerminalException(
                      "E" + runs.incrementAndGet(), "no", Map.of("n", List.of(1, "x")));
                });
          } catch (TerminalException e) {
            causes.add(String.valueOf(e.getCause()));
            return e.code() + e.getMessage() + e.details() + ctx.step("undo", int.class, () -> 7);
          }
        });
    assertThat(trial.answer()).isEqualTo("\"E1no{n=[1, x]}7\"");
    assertThat(trial.answer()).isEqualTo("\"E1no{n=[1, x]}7\"");
    assertThat(causes).containsExactly("dev.detent.handler.TerminalException: no", "null");
    assertThat(trial.journal.row("0").status()).isEqualTo(Status.FAILED);
  }

  @Test
  void retriesWhatAnEffectOrTheHandlerThrowsOtherwise() {
    var effect =
        new Trial(ctx -> {
          try {
            return ctx.step(
                "charge",
                String.class,
                () -> {
                  throw new IllegalStateException("bank is closed");
                });
          } catch (RuntimeException e) {
            return "not for the handler to catch";
          }
        });
    assertThat(Trial.detail(effect.run()))
        .isEqualTo("retry: trial/k: step 'charge' failed: IllegalStateException: bank is closed");
    var handler =
        new Trial(ctx -> {
          throw new java.io.IOException("checked");
        });
    assertThat(Trial.detail(handler.run()))
        .isEqualTo("retry: trial/k: the handler failed: IOException: checked");
    assertThat(effect.journal.positions()).isEmpty();
  }

  @Test
  void retriesAfterErrorsToo() {
    var trial =
        new Trial(ctx ->
            ctx.step(
                "deep",
                int.class,
                () -> {
                  throw new StackOverflowError();
                }));
    assertThat(Trial.detail(trial.run()))
        .isEqualTo("retry: trial/k: step 'deep' failed: StackOverflowError");
    trial.change(ctx -> {
      throw new AssertionError("wrong");
    });
    assertThat(Trial.detail(trial.run()))
        .isEqualTo("retry: trial/k: the handler failed: AssertionError: wrong");
  }

  @Test
  void letsTheEndOfAnAttemptPassThroughWhatAHandlerCatches() {
    var seen = new ArrayList<String>();
    var trial =
        new Trial(ctx -> {
          try {
            ctx.step(
                "one",
                () -> {
                  throw new IllegalStateException("not now");
                });
          } catch (Throwable e) {
            seen.add(e.getMessage());
          } finally {
            seen.add(again(ctx));
          }
          return "done";
        });
    assertThat(Trial.detail(trial.run())).startsWith("retry: trial/k: step 'one' failed");
    assertThat(seen).hasSize(2).allMatch(text -> text.contains("let this error pass"));
  }

  private static String again(Context ctx) {
    try {
      ctx.sleep(Duration.ZERO);
      return "slept";
    } catch (Error e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void callsAProblemOfTheStoreUnavailable() {
    assertThat(refused(StoreException.Kind.UNAVAILABLE)).isEqualTo(ErrorCode.UNAVAILABLE);
  }

  @Test
  void callsWhatTheStoreNeverTakesAProblemOfTheHandler() {
    assertThat(refused(StoreException.Kind.REJECTED)).isEqualTo(ErrorCode.HANDLER_FAILED);
  }

  private static ErrorCode refused(StoreException.Kind kind) {
    var trial =
        new Trial(ctx -> {
          ctx.transact(
              "write",
              connection -> {
                throw new StoreException(kind, "no", null);
              });
          return "";
        });
    return ((Ending.Retry) trial.run()).problem().code();
  }

  @Test
  void tellsTheTimeOfWhatWasPassedLast() {
    var trial =
        new Trial(ctx -> {
          var times = new ArrayList<Long>();
          times.add(ctx.now().toEpochMilli());
          ctx.step("one", () -> {});
          times.add(ctx.now().toEpochMilli());
          ctx.sleep(Duration.ofSeconds(10));
          times.add(ctx.now().toEpochMilli());
          ctx.send("other", "o", "go", null);
          ctx.step("two", () -> {});
          times.add(ctx.now().toEpochMilli());
          return times;
        });
    trial.journal.answers(row -> {
      trial.journal.pass(20_000);
      return MemoryJournal.atOnce(row);
    });
    assertThat(trial.answer()).isEqualTo("[1000,1001,11002,41004]");
    trial.journal.pass(1_000_000);
    assertThat(trial.answer()).isEqualTo("[1000,1001,11002,41004]");
  }

  @Test
  void drawsTheSameRandomNumbersOnReplay() {
    var trial =
        new Trial(ctx ->
            List.of(
                ctx.random().nextInt(1_000_000), ctx.random().nextLong(), ctx.uuid(), ctx.uuid()));
    String first = trial.answer();
    assertThat(trial.answer()).isEqualTo(first);
    assertThat(first)
        .isEqualTo(
            "[117160,4564712837987073187,\"36c6cff6-189b-4b7f-a95f-8761881c210e\","
                + "\"ce8f143c-9368-4d61-a25c-05ca5f3807eb\"]");
  }

  @Test
  void reportsNothingMoreOnceItIsStopped() throws Exception {
    var inEffect = new CountDownLatch(1);
    var thread = new AtomicReference<Thread>();
    var interrupted = new CountDownLatch(1);
    var trial =
        new Trial(ctx -> {
          thread.set(Thread.currentThread());
          return ctx.step(
              "long",
              String.class,
              () -> {
                inEffect.countDown();
                try {
                  new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                  interrupted.countDown();
                }
                return "result";
              });
        });
    Attempt attempt = trial.start();
    inEffect.await();
    attempt.stop();
    interrupted.await();
    thread.get().join();
    assertThat(attempt.ended()).isTrue();
    assertThat(trial.journal.hasEnding()).isFalse();
    assertThat(trial.journal.positions()).isEmpty();
  }

  @Test
  void stopsWhereItWaits() throws Exception {
    var thread = new AtomicReference<Thread>();
    var trial =
        new Trial(ctx -> {
          thread.set(Thread.currentThread());
          ctx.sleep(Duration.ofDays(1));
          return "slept";
        });
    Attempt attempt = trial.start();
    trial.journal.await("0");
    attempt.stop();
    thread.get().join();
    assertThat(trial.journal.hasEnding()).isFalse();
  }

  @Test
  void failsAtOnceWithAnInputThatDoesNotFit() {
    var trial = new Trial(ctx -> "");
    trial.start("count", "\"text\"");
    Ending.Failed failed = (Ending.Failed) trial.journal.ending();
    assertThat(failed.problem().code()).isEqualTo(ErrorCode.INVALID_INPUT);
    assertThat(failed.problem().members()).containsEntry("path", "").containsEntry("key", "k");
    trial.start("count", "5");
    assertThat(Trial.answer(trial.journal.ending())).isEqualTo("5");
  }

  @Test
  void refusesTheContextOutsideOfItsThreadAndWithinEffects() {
    var trial =
        new Trial(ctx -> {
          var other = new CompletableFuture<String>();
          Thread.ofVirtual().name("stranger").start(() -> other.complete(refusal(ctx::uuid)));
          String inside =
              ctx.step(
                  "step",
                  String.class,
                  () ->
                      refusal(() -> ctx.random().nextInt()) + ctx.key() + ctx.now().toEpochMilli());
          return List.of(other.get(), inside);
        });
    assertThat(trial.answer())
        .isEqualTo(
            "[\"context: expected use by the thread of its own handler or branch, got thread"
                + " 'stranger'; use all or any, and in each branch the context that it is given\","
                + "\"context: expected no use from within an effect, got one; end the step first"
                + "k1000\"]");
  }

  @Test
  void refusesMalformedNamesAndDurations() {
    var trial =
        new Trial(ctx ->
            List.of(
                refusal(() -> ctx.step("", () -> {})),
                refusal(() -> ctx.step("x".repeat(65), () -> {})),
                refusal(() -> ctx.transact("a\nb", connection -> {})),
                refusal(() -> ctx.signal("", String.class)),
                refusal(() -> ctx.sleep(Duration.ofDays(3_651))),
                refusal(() -> ctx.sleep(Duration.ofMillis(-1))),
                refusal(() -> ctx.send("other", "o", "go", null, Duration.ofDays(3_651))),
                refusal(() -> ctx.send("other", "o", "", null)),
                refusal(() -> ctx.call("other", "", "go", null, String.class)),
                refusal(() -> ctx.call("other", "o", "go", new Unwritable(), String.class)),
                refusal(() -> ctx.any(List.of())),
                ctx.all(List.of()).toString(),
                ctx.uuid().equals(new UUID(0, 0))));
    assertThat(trial.answer().lines().toList().toString())
        .contains("step name: expected 1 to 64 bytes")
        .contains("transact name: expected")
        .contains("signal name: expected")
        .contains("sleep: expected 0 to 3650d, got 3651d")
        .contains("sleep: expected 0 to 3650d, got -1ms")
        .contains("send delay: expected")
        .contains("command: expected [A-Za-z]")
        .contains("key: expected 1 to 256 bytes")
        .contains("input: expected what can be written as JSON")
        .contains("any: expected 1 to 1000 branches, got 0")
        .endsWith("\"[]\",false]]");
    assertThat(trial.journal.positions()).isEmpty();
  }

  private static String refusal(Runnable use) {
    try {
      use.run();
      return "nothing";
    } catch (RuntimeException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void endsAsWasDecidedFirst() {
    var trial =
        new Trial(ctx -> {
          try {
            ctx.step(
                "one",
                () -> {
                  throw new IllegalStateException("first");
                });
            return "";
          } catch (Error e) {
            throw new IllegalStateException("second", e);
          }
        });
    assertThat(Trial.detail(trial.run())).endsWith("first");
  }

  @Test
  void doesNotFailAnInvocationThatHasAJournalWhenItsInputFitsNoMore() {
    var trial = new Trial(ctx -> ctx.step("one", int.class, () -> 1));
    trial.run();
    trial.start("count", "\"text\"");
    assertThat(Trial.detail(trial.journal.ending()))
        .startsWith("retry: trial/k: the handler failed: INVALID_INPUT: input: expected");
  }

  @Test
  void doesNotInterruptATransaction() throws Exception {
    var inside = new CountDownLatch(1);
    var stopped = new CountDownLatch(1);
    var interrupted = new CompletableFuture<Boolean>();
    var trial =
        new Trial(ctx -> {
          ctx.transact(
              "write",
              connection -> {
                inside.countDown();
                stopped.await();
                interrupted.complete(Thread.currentThread().isInterrupted());
              });
          return "";
        });
    Attempt attempt = trial.start();
    inside.await();
    attempt.stop();
    stopped.countDown();
    assertThat(interrupted.get(60, TimeUnit.SECONDS)).isFalse();
    assertThat(trial.journal.positions()).isEmpty();
  }
}
