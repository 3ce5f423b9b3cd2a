// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.handler.Awakeable;
import dev.detent.handler.Branch;
import dev.detent.handler.Context;
import dev.detent.handler.TerminalException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Changes the code of a handler that has a journal.
@Timeout(240)
class MismatchTest {
  private static final Branch<String> FOREVER = branch -> branch.awakeable(String.class).await();

  private static Branch<String> step(String name) {
    return branch -> branch.step(name, String.class, () -> name);
  }

  /// Has each kind of entry: 0 to 9.
  private static Object old(Context ctx) {
    ctx.step("charge", () -> {});
    ctx.sleep(Duration.ofSeconds(1));
    ctx.call("other", "a", "pay", null, String.class);
    ctx.send("other", "b", "tell", null);
    Awakeable<String> answer = ctx.awakeable(String.class);
    ctx.transact("write", connection -> {});
    ctx.all(List.of(step("left"), step("right")));
    ctx.any(List.of(FOREVER, step("quick")));
    answer.await();
    ctx.step("last", () -> {});
    return "old";
  }

  private static Trial recorded() {
    var trial = new Trial(MismatchTest::old);
    trial.journal.answers(row ->
        row.position().equals("4")
            ? row.ended("\"yes\"", null, row.at())
            : MemoryJournal.atOnce(row));
    assertThat(trial.answer()).isEqualTo("\"old\"");
    return trial;
  }

  private static String changed(Trial.Code code) {
    Trial trial = recorded();
    trial.change(code);
    String detail = Trial.detail(trial.run());
    trial.change(MismatchTest::old);
    assertThat(trial.answer()).as("after the code was put right").isEqualTo("\"old\"");
    assertThat(detail)
        .startsWith("mismatched: trial/k: journal entry ")
        .endsWith("; fix the code and resume");
    return detail
        .substring("mismatched: trial/k: journal entry ".length())
        .replace("; fix the code and resume", "");
  }

  /// Runs the first entries as they were.
  private static void first(Context ctx, int count) {
    List<Runnable> entries =
        List.of(
            () -> ctx.step("charge", () -> {}),
            () -> ctx.sleep(Duration.ofSeconds(9)),
            () -> ctx.call("other", "a", "pay", List.of("another input"), String.class),
            () -> ctx.send("other", "b", "tell", null),
            () -> ctx.awakeable(String.class),
            () -> ctx.transact("write", connection -> {}),
            () -> ctx.all(List.of(step("left"), step("right"))),
            () -> ctx.any(List.of(FOREVER, step("quick"))));
    entries.subList(0, count).forEach(Runnable::run);
  }

  private static String after(int count, Trial.Code code) {
    return changed(ctx -> {
      first(ctx, count);
      return code.run(ctx);
    });
  }

  @Test
  void showsBothSidesOfAnotherEntry() {
    assertThat(after(0, ctx -> ctx.step("pay", int.class, () -> 1)))
        .isEqualTo("0 is step 'charge', the code now asks for step 'pay'");
    assertThat(
            after(
                0,
                ctx -> {
                  ctx.sleep(Duration.ZERO);
                  return 1;
                }))
        .isEqualTo("0 is step 'charge', the code now asks for sleep");
    assertThat(after(1, ctx -> ctx.signal("go", String.class)))
        .isEqualTo("1 is sleep, the code now asks for signal 'go'");
    assertThat(after(2, ctx -> ctx.call("other", "b", "pay", null, String.class)))
        .isEqualTo("2 is call of 'pay' on other/a, the code now asks for call of 'pay' on other/b");
    assertThat(after(2, ctx -> ctx.call("other", "a", "refund", null, String.class)))
        .isEqualTo(
            "2 is call of 'pay' on other/a, the code now asks for call of 'refund' on other/a");
    assertThat(after(3, ctx -> ctx.send("third", "b", "tell", null)))
        .isEqualTo(
            "3 is send of 'tell' to other/b, the code now asks for send of 'tell' to third/b");
    assertThat(after(4, ctx -> ctx.transact("write", int.class, connection -> 1)))
        .isEqualTo("4 is awakeable, the code now asks for transact 'write'");
    assertThat(after(5, ctx -> ctx.awakeable(int.class).id()))
        .isEqualTo("5 is transact 'write', the code now asks for awakeable");
  }

  @Test
  void showsBothSidesOfOtherBranches() {
    assertThat(after(6, ctx -> ctx.step("left", String.class, () -> "")))
        .isEqualTo("6 is 'all' of branches, the code now asks for step 'left'");
    assertThat(after(6, ctx -> ctx.any(List.of(step("left"), step("right")))))
        .isEqualTo("6 is 'all' of branches, the code now asks for 'any' of branches");
    assertThat(after(6, ctx -> ctx.all(List.of(step("left")))))
        .isEqualTo("6 has 2 branches, the code now asks for 1");
    assertThat(after(6, ctx -> ctx.all(List.of(step("left"), step("wrong")))))
        .isEqualTo("6.1.0 is step 'right', the code now asks for step 'wrong'");
    assertThat(after(6, ctx -> ctx.all(List.of(step("left"), branch -> ""))))
        .isEqualTo("6.1.0 is step 'right', the code now returns before it");
    assertThat(
            after(
                6,
                ctx ->
                    ctx.all(
                        List.of(
                            step("left"),
                            branch -> step("right").run(branch) + step("more").run(branch)))))
        .isEqualTo("6.1.1 is the end, the code now asks for step 'more'");
    assertThat(after(7, ctx -> ctx.all(List.of(FOREVER, step("quick")))))
        .isEqualTo("7 is 'any' of branches, the code now asks for 'all' of branches");
    assertThat(after(7, ctx -> ctx.any(List.of(FOREVER))))
        .isEqualTo("7 is branch 1 of 'any', the code now asks for 1 branches");
    assertThat(
            after(
                7,
                ctx ->
                    ctx.any(
                        List.of(
                            FOREVER,
                            branch -> {
                              step("quick").run(branch);
                              throw new TerminalException("NOW", "not any more");
                            }))))
        .isEqualTo("7 is branch 1 of 'any' with success, the code now fails there with NOW");
  }

  @Test
  void showsBothSidesOfAWaitThatLeftNothing() {
    assertThat(after(8, ctx -> ctx.step("new", int.class, () -> 1)))
        .isEqualTo("8 is a wait that left no record, the code now asks for step 'new'");
    assertThat(after(8, ctx -> ctx.awakeable(int.class).await()))
        .isEqualTo("8 is a wait that left no record, the code now asks for awakeable");
  }

  @Test
  void showsWhatIsLeftOverWhenTheCodeEndsBefore() {
    assertThat(after(1, ctx -> "early")).isEqualTo("1 is sleep, the code now returns before it");
    assertThat(
            after(
                2,
                ctx -> {
                  throw new TerminalException("NO", "not any more");
                }))
        .isEqualTo("2 is call of 'pay' on other/a, the code now fails with NO before it");
    assertThat(after(8, ctx -> "early"))
        .isEqualTo("8 is a wait that left no record, the code now returns before it");
    assertThat(
            after(
                8,
                ctx -> {
                  ctx.all(List.of());
                  return "early";
                }))
        .isEqualTo("9 is step 'last', the code now returns before it");
    assertThat(after(6, ctx -> "early"))
        .isEqualTo("6 is 'all' of branches, the code now returns before it");
  }

  @Test
  void goesOnWithCodeThatDoesMoreAtTheEnd() {
    Trial trial = recorded();
    trial.change(ctx -> old(ctx) + ctx.step("more", String.class, () -> " and more"));
    assertThat(trial.answer()).isEqualTo("\"old and more\"");
  }

  record Old(int count) {}

  record New(String text) {}

  @Test
  void stopsAtARecordedResultThatHasAnotherType() {
    var trial = new Trial(ctx -> ctx.step("count", Old.class, () -> new Old(1)).count());
    assertThat(trial.answer()).isEqualTo("1");
    trial.change(ctx -> ctx.step("count", int.class, () -> 1));
    assertThat(Trial.detail(trial.run()))
        .startsWith("mismatched: trial/k: step 'count': expected a recorded int, got stored int")
        .endsWith("; fix the code and resume");
  }

  record Unwritable() {
    public int getNothing() {
      throw new IllegalStateException("not for JSON");
    }
  }

  /// Is written as text that it can't be read from.
  record OneWay(int count) {
    @com.fasterxml.jackson.annotation.JsonValue
    public String text() {
      return "count " + count;
    }
  }

  @Test
  void stopsAtAResultThatCanNotBeRecorded() {
    var runs = new AtomicInteger();
    var trial =
        new Trial(ctx ->
            ctx.step(
                "make",
                Unwritable.class,
                () -> {
                  runs.incrementAndGet();
                  return new Unwritable();
                }));
    assertThat(Trial.detail(trial.run()))
        .startsWith(
            "mismatched: trial/k: step 'make': expected a result that can be written as JSON, got "
                + Unwritable.class.getName());
    assertThat(runs).hasValue(1);
    assertThat(trial.journal.positions()).isEmpty();
    trial.change(ctx -> ctx.step("make", OneWay.class, () -> new OneWay(1)));
    assertThat(Trial.detail(trial.run()))
        .startsWith("mismatched: trial/k: step 'make': expected a result that can be read back");
    trial.change(ctx -> ctx.step("make", String.class, () -> "x".repeat(5_000_000)));
    assertThat(Trial.detail(trial.run()))
        .startsWith("mismatched: trial/k: step 'make': expected a result that can be kept, of at");
    assertThat(trial.journal.positions()).isEmpty();
  }

  @Test
  void stopsAHandlerThatDoesNotEnd() {
    var trial =
        new Trial(ctx -> {
          while (true) {
            ctx.all(List.of());
          }
        });
    assertThat(Trial.detail(trial.run()))
        .startsWith("mismatched: trial/k: journal: expected at most 100000 entries of a handler");
  }
}
