// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.handler.Awakeable;
import dev.detent.handler.Branch;
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
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class BranchesTest {
  private final Map<String, Integer> runs = new ConcurrentHashMap<>();

  private String touch(String name) {
    runs.merge(name, 1, Integer::sum);
    return name;
  }

  private Branch<String> step(String name) {
    return branch -> branch.step(name, String.class, () -> touch(name));
  }

  @Test
  void runsBranchesSideBySideAndReturnsTheirResultsInOrder() {
    var together = new CyclicBarrier(3);
    var trial =
        new Trial(ctx ->
            ctx.all(
                IntStream.range(0, 3)
                    .<Branch<Integer>>mapToObj(i ->
                        branch ->
                            branch.step(
                                "meet",
                                int.class,
                                () -> {
                                  together.await(60, TimeUnit.SECONDS);
                                  return i;
                                }))
                    .toList()));
    assertThat(trial.answer()).isEqualTo("[0,1,2]");
    assertThat(trial.answer()).isEqualTo("[0,1,2]");
    assertThat(trial.journal.positions()).containsExactly("0.0.0", "0.1.0", "0.2.0");
  }

  @Test
  void runsAThousandBranches() {
    List<Branch<Integer>> thousand = Collections.nCopies(1_000, BranchesTest::sleepy);
    var trial = new Trial(ctx -> ctx.all(thousand).size());
    trial.journal.answers(MemoryJournal::atOnce);
    assertThat(trial.answer()).isEqualTo("1000");
  }

  private static Integer sleepy(Context branch) {
    branch.sleep(Duration.ofDays(1));
    return branch.step("one", int.class, () -> 1);
  }

  @Test
  void branchesWithinBranches() {
    var trial =
        new Trial(ctx ->
            ctx.all(
                List.of(
                    outer -> outer.all(List.of(step("a"), step("b"))).toString(),
                    outer -> outer.any(List.of(step("c"), branch -> forever(branch))))));
    assertThat(trial.answer()).isEqualTo("[\"[a, b]\",\"c\"]");
    assertThat(trial.answer()).isEqualTo("[\"[a, b]\",\"c\"]");
    assertThat(trial.journal.positions()).contains("0.0.0.0.0", "0.0.0.1.0", "0.1.0", "0.1.0.0.0");
    assertThat(runs).isEqualTo(Map.of("a", 1, "b", 1, "c", 1));
  }

  private static String forever(Context branch) {
    return branch.awakeable(String.class).await();
  }

  @Test
  void recordsTheFirstThatSucceedsAndRunsOnlyThatOnReplay() throws Exception {
    var stopped = new CountDownLatch(1);
    var trial =
        new Trial(ctx -> {
          String first =
              ctx.any(
                  List.of(
                      branch -> {
                        touch("loser");
                        try {
                          return forever(branch);
                        } finally {
                          stopped.countDown();
                        }
                      },
                      step("winner")));
          return first + ctx.step("after", String.class, () -> touch("after"));
        });
    assertThat(trial.answer()).isEqualTo("\"winnerafter\"");
    assertThat(stopped.await(0, TimeUnit.SECONDS)).as("stopped before it went on").isTrue();
    assertThat(trial.journal.row("0"))
        .extracting(StepRow::kind, StepRow::name, StepRow::status, StepRow::value)
        .containsExactly(Kind.ANY, "any", Status.COMPLETED, "1");
    runs.clear();
    assertThat(trial.answer()).isEqualTo("\"winnerafter\"");
    assertThat(runs).isEmpty();
  }

  @Test
  void interruptsTheEffectOfALoserAndTakesNoNoticeOfWhatItThrows() {
    var inEffect = new CountDownLatch(1);
    var trial =
        new Trial(ctx ->
            ctx.any(
                List.of(
                    branch ->
                        branch.step(
                            "slow",
                            String.class,
                            () -> {
                              inEffect.countDown();
                              new CountDownLatch(1).await();
                              return "";
                            }),
                    branch -> {
                      try {
                        return forever(branch);
                      } catch (Throwable e) {
                        throw new IllegalStateException("made of it", e);
                      }
                    },
                    branch -> {
                      inEffect.await();
                      return "quick";
                    })));
    assertThat(trial.answer()).isEqualTo("\"quick\"");
    assertThat(trial.journal.positions()).contains("0").doesNotContain("0.0.0");
  }

  @Test
  void recordsTheFirstFailureOfAllAndStopsTheOthers() {
    var trial =
        new Trial(ctx -> {
          try {
            return ctx.all(
                    List.of(
                        branch -> forever(branch),
                        branch -> {
                          branch.step("work", () -> touch("work"));
                          throw new TerminalException("OUT", "sold out", Map.of("left", 0));
                        }))
                .toString();
          } catch (TerminalException e) {
            return e.code() + e.details() + ctx.step("undo", String.class, () -> touch("undo"));
          }
        });
    assertThat(trial.answer()).isEqualTo("\"OUT{left=0}undo\"");
    assertThat(trial.journal.row("0"))
        .extracting(StepRow::kind, StepRow::name, StepRow::status)
        .containsExactly(Kind.ANY, "all", Status.FAILED);
    assertThat(trial.answer()).isEqualTo("\"OUT{left=0}undo\"");
    assertThat(runs).isEqualTo(Map.of("work", 1, "undo", 1));
  }

  @Test
  void throwsTheFirstFailureIfNoneSucceeds() {
    var first = new CountDownLatch(1);
    var trial =
        new Trial(ctx -> {
          try {
            return ctx.any(
                List.of(
                    branch -> {
                      first.await();
                      throw new TerminalException("SECOND", "no");
                    },
                    branch -> {
                      first.countDown();
                      throw new TerminalException("FIRST", "no");
                    }));
          } catch (TerminalException e) {
            return "all failed";
          }
        });
    assertThat(trial.answer()).isEqualTo("\"all failed\"");
    assertThat(trial.journal.row("0").status()).isEqualTo(Status.FAILED);
    assertThat(trial.answer()).isEqualTo("\"all failed\"");
  }

  @Test
  void retriesAllOfItWhenABranchThrowsAnythingElseButRecordsWhatIsUnderWay() {
    var failed = new CountDownLatch(1);
    var inEffect = new CountDownLatch(1);
    var trial =
        new Trial(ctx ->
            ctx.all(
                List.of(
                    branch ->
                        branch.step(
                            "slow",
                            String.class,
                            () -> {
                              inEffect.countDown();
                              failed.await();
                              return touch("slow");
                            }),
                    branch -> {
                      branch.sleep(Duration.ofDays(1));
                      return touch("never");
                    },
                    branch -> {
                      inEffect.await();
                      failed.countDown();
                      throw new IllegalStateException("not now");
                    })));
    assertThat(Trial.detail(trial.run()))
        .isEqualTo("retry: trial/k: branch 2 failed: IllegalStateException: not now");
    assertThat(trial.journal.row("0.0.0").value()).isEqualTo("\"slow\"");
    assertThat(runs).isEqualTo(Map.of("slow", 1));
  }

  @Test
  void awaitsInABranchWhatTheHandlerMade() {
    var trial =
        new Trial(ctx -> {
          Awakeable<String> answer = ctx.awakeable(String.class);
          return ctx.any(
                  List.of(
                      branch -> answer.await(),
                      branch -> {
                        branch.sleep(Duration.ofDays(1));
                        return "too late";
                      }))
              + answer.await();
        });
    trial.start();
    trial.journal.await("1.1.0");
    trial.journal.complete("0", "\"yes\"");
    assertThat(Trial.answer(trial.journal.ending())).isEqualTo("\"yesyes\"");
    assertThat(trial.answer()).isEqualTo("\"yesyes\"");
    assertThat(trial.journal.positions()).containsExactly("0", "1", "1.1.0");
  }

  @Test
  void givesEachSignalToOneBranch() {
    var trial =
        new Trial(ctx -> {
          Branch<String> receive = branch -> branch.signal("s", String.class);
          var got = new ArrayList<>(ctx.all(List.of(receive, receive)));
          String first = got.toString();
          Collections.sort(got);
          return List.of(first, got.toString(), ctx.signal("s", String.class));
        });
    trial.journal.signal("s", "\"a\"");
    trial.journal.signal("s", "\"b\"");
    trial.journal.signal("s", "\"c\"");
    String answer = trial.answer();
    assertThat(answer).endsWith("\"[a, b]\",\"c\"]");
    assertThat(trial.answer()).isEqualTo(answer);
  }

  @Test
  void hasOtherRandomNumbersAndItsOwnTimeInEachBranch() {
    Branch<List<Object>> dice =
        branch -> {
          branch.step("tick", () -> {});
          return List.of(branch.random().nextLong(), branch.uuid(), branch.now().toEpochMilli());
        };
    var trial =
        new Trial(ctx -> {
          List<List<Object>> all = ctx.all(List.of(dice, dice));
          boolean differ =
              !all.get(0).get(0).equals(all.get(1).get(0))
                  && !all.get(0).get(1).equals(all.get(1).get(1));
          return List.of(all, differ, ctx.now().toEpochMilli());
        });
    String answer = trial.answer();
    assertThat(answer).endsWith(",true,1002]");
    assertThat(trial.answer()).isEqualTo(answer);
  }

  @Test
  void refusesTheHandlersContextInABranch() {
    var trial =
        new Trial(ctx ->
            ctx.all(
                List.of(branch -> {
                  try {
                    return ctx.uuid().toString();
                  } catch (IllegalStateException e) {
                    return branch.key() + ": " + e.getMessage();
                  }
                })));
    assertThat(trial.answer())
        .contains("[\"k: context: expected use by the thread of its own handler or branch, got")
        .contains("thread 'detent-i3-1-1-0.0'");
  }

  @Test
  void refusesABranchsContextAfterItsEnd() {
    var leaked = new AtomicReference<Context>();
    var trial =
        new Trial(ctx -> {
          ctx.all(
              List.of(branch -> {
                leaked.set(branch);
                return 0;
              }));
          leaked.get().sleep(Duration.ZERO);
          return "";
        });
    assertThat(Trial.detail(trial.run()))
        .startsWith("retry: trial/k: the handler failed: IllegalStateException: context: expected");
  }

  @Test
  void neitherLetsGoNorForgetsWithinBranches() {
    var trial =
        new Trial(ctx -> ctx.all(List.of(branch -> sleepy(branch), branch -> sleepy(branch))));
    trial.journal.crowded(true);
    trial.start();
    trial.journal.await(row -> row.kind() == Kind.SLEEP);
    trial.journal.await(row -> row.kind() == Kind.SLEEP);
    trial.journal.complete("0.0.0", null);
    trial.journal.complete("0.1.0", null);
    assertThat(Trial.answer(trial.journal.ending())).isEqualTo("[1,1]");
  }

  @Test
  void stopsAllBranches() throws Exception {
    var threads = ConcurrentHashMap.<Thread>newKeySet();
    var trial =
        new Trial(ctx -> {
          threads.add(Thread.currentThread());
          return ctx.all(
              Collections.nCopies(
                  3,
                  (Context branch) -> {
                    threads.add(Thread.currentThread());
                    return sleepy(branch);
                  }));
        });
    Attempt attempt = trial.start();
    for (int i = 0; i < 3; i++) {
      trial.journal.await(row -> row.kind() == Kind.SLEEP);
    }
    attempt.stop();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(threads).hasSize(4);
    assertThat(trial.journal.hasEnding()).isFalse();
  }

  @Test
  void retriesInPlaceWithinABranch() {
    var trial =
        new Trial(ctx ->
            ctx.all(
                List.of(branch ->
                    branch.step(
                        "flaky",
                        int.class,
                        RetryPolicy.of(3).pauses(Duration.ofMillis(1), Duration.ofMillis(1)),
                        () -> {
                          touch("try");
                          if (runs.get("try") < 3) {
                            throw new IllegalStateException("not yet");
                          }
                          return runs.get("try");
                        }))));
    assertThat(trial.answer()).isEqualTo("[3]");
  }

  @Test
  void stopsWhatBranchedOffALoser() {
    Branch<String> forever = BranchesTest::forever;
    var trial =
        new Trial(ctx ->
            ctx.any(
                List.of(
                    branch -> branch.all(List.of(forever, forever)).toString(), step("winner"))));
    assertThat(trial.answer()).isEqualTo("\"winner\"");
  }

  @Test
  void takesNoNoticeOfALoserThatReturnsBeforeWhatIsRecorded() {
    var loses = new CountDownLatch(1);
    var trial =
        new Trial(ctx ->
            ctx.any(
                List.of(
                    branch -> {
                      step("a").run(branch);
                      return step("b").run(branch) + forever(branch);
                    },
                    branch -> {
                      new CountDownLatch(1).await();
                      return "";
                    })));
    Attempt first = trial.start();
    trial.journal.await("0.0.1");
    first.stop();
    trial.change(ctx ->
        ctx.any(
            List.of(
                branch -> {
                  try {
                    step("a").run(branch);
                    loses.countDown();
                    new CountDownLatch(1).await();
                  } catch (InterruptedException e) {
                    return "interrupted";
                  }
                  return "";
                },
                branch -> {
                  loses.await();
                  return "winner";
                })));
    assertThat(trial.answer()).isEqualTo("\"winner\"");
  }

  @Test
  void rollsBackTheTransactionOfALoser() {
    var winner = new CompletableFuture<Thread>();
    var begun = new CountDownLatch(1);
    var trial =
        new Trial(ctx ->
            ctx.any(
                List.of(
                    branch ->
                        branch.transact(
                            "write",
                            String.class,
                            connection -> {
                              begun.countDown();
                              winner.join().join();
                              return "written";
                            }),
                    branch -> {
                      winner.complete(Thread.currentThread());
                      begun.await();
                      return "winner";
                    })));
    assertThat(trial.answer()).isEqualTo("\"winner\"");
    assertThat(trial.journal.positions()).containsExactly("0");
  }

  @Test
  void goesOnAtTheTimeOfTheBranchThatWasFirst() {
    var trial =
        new Trial(ctx -> {
          ctx.any(List.of(BranchesTest::sleepy));
          return ctx.now().toEpochMilli();
        });
    trial.journal.answers(MemoryJournal::atOnce);
    assertThat(trial.answer()).isEqualTo("86401001");
    assertThat(trial.answer()).isEqualTo("86401001");
  }
}
