// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.handler.Awakeable;
import dev.detent.handler.Branch;
import dev.detent.handler.Context;
import dev.detent.handler.TerminalException;
import dev.detent.store.StepRow.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Cuts sample handlers after each entry of their journals and lets them go on.
@Timeout(240)
class CrashTest {
  /// Is what effects touch: counts each by the step's key.
  private static final class World {
    final Map<String, Integer> runs = new ConcurrentHashMap<>();

    String touch(String key) {
      runs.merge(key, 1, Integer::sum);
      return key.substring(key.indexOf('~'));
    }
  }

  private final World world = new World();
  private final Trial trial = new Trial(this::sample);

  private Object sample(Context ctx) {
    String first = ctx.step("first", String.class, world::touch);
    ctx.sleep(Duration.ofHours(1));
    Awakeable<String> awakeable = ctx.awakeable(String.class);
    String child = ctx.send("other", "o", "begin", Map.of("id", awakeable.id()));
    String answer = ctx.call("other", "o", "finish", null, String.class);
    ctx.step(
        "give",
        key -> {
          world.touch(key);
          trial.journal.complete("2", "\"given\"");
        });
    String failure = failing(ctx);
    String given = awakeable.await();
    ctx.transact(
        "write",
        connection -> {
          world.touch("sql~" + ctx.invocation());
        });
    trial.journal.signal("go", "\"signalled\"");
    String signalled = ctx.signal("go", String.class);
    long random = ctx.random().nextLong();
    return Stream.of(first, child, answer, failure, given, signalled, random, ctx.uuid(), ctx.now())
        .map(Object::toString)
        .toList();
  }

  private String failing(Context ctx) {
    try {
      return ctx.step(
          "fail",
          String.class,
          key -> {
            throw new TerminalException(world.touch(key).substring(1, 2), "no", Map.of("n", 1));
          });
    } catch (TerminalException e) {
      return e.code() + e.getMessage() + e.details();
    }
  }

  @Test
  void goesOnAfterACrashBetweenAnyTwoEntries() {
    trial.journal.answers(MemoryJournal::atOnce);
    String expected = trial.answer();
    int entries = trial.journal.positions().size();
    assertThat(entries).isEqualTo(9);
    assertThat(world.runs).hasSize(4).allSatisfy((key, runs) -> assertThat(runs).isEqualTo(1));
    for (int cut = 0; cut < entries; cut++) {
      var crashing = new CrashTest();
      crashing.trial.journal.answers(MemoryJournal::atOnce);
      crashing.cut(cut);
      String answer = crashing.trial.answer();
      assertThat(answer).as("after %s entries", cut).isEqualTo(expected);
      // The cut is in one entry: what was recorded before it ran once, and what comes after.
      assertThat(crashing.world.runs).allSatisfy((key, runs) -> assertThat(runs).isBetween(1, 2));
      assertThat(crashing.world.runs.values().stream().filter(runs -> runs == 2))
          .hasSizeLessThan(2);
    }
  }

  @Test
  void goesOnAfterACrashAtEachEntryInTurn() {
    trial.journal.answers(MemoryJournal::atOnce);
    String expected = trial.answer();
    var crashing = new CrashTest();
    crashing.trial.journal.answers(MemoryJournal::atOnce);
    for (int i = 0; i < 9; i++) {
      crashing.cut(i == 0 ? 0 : 1);
    }
    assertThat(crashing.trial.answer()).isEqualTo(expected);
    assertThat(new TreeMap<>(crashing.world.runs))
        .isEqualTo(
            new TreeMap<>(
                Map.of("i3-1-1~0~0", 2, "i3-1-1~0~5", 2, "i3-1-1~0~6", 2, "sql~i3-1-1", 2)));
  }

  private void cut(int entries) {
    trial.journal.crashAfter(entries);
    assertThat(trial.run()).isEqualTo(new Ending.Unwound(-1));
    trial.journal.crashAfter(Integer.MAX_VALUE);
  }

  private Object parallel(Context ctx) {
    Branch<String> left =
        branch -> {
          String a = branch.step("a", String.class, world::touch);
          branch.sleep(Duration.ofMinutes(1));
          return a + branch.step("b", String.class, world::touch) + branch.uuid();
        };
    Branch<String> right =
        branch ->
            branch.step("c", String.class, world::touch)
                + branch.call("other", "o", "go", null, String.class)
                + branch.random().nextInt();
    List<String> all = ctx.all(List.of(left, right));
    String any =
        ctx.any(
            List.of(
                branch -> branch.awakeable(String.class).await(),
                branch -> branch.step("d", String.class, world::touch)));
    return all + any + ctx.step("e", String.class, world::touch);
  }

  @Test
  void goesOnWithBranchesAfterACrashBetweenAnyTwoEntries() {
    trial.change(this::parallel);
    trial.journal.answers(MemoryJournal::atOnce);
    String expected = trial.answer();
    assertThat(world.runs).hasSize(5).allSatisfy((key, runs) -> assertThat(runs).isEqualTo(1));
    for (int cut = 0; cut < 9; cut++) {
      var crashing = new CrashTest();
      crashing.trial.change(crashing::parallel);
      crashing.trial.journal.answers(MemoryJournal::atOnce);
      crashing.cut(cut);
      Map<String, Integer> before = Map.copyOf(crashing.world.runs);
      List<String> recorded = crashing.trial.journal.positions();
      assertThat(crashing.trial.answer()).as("after %s entries", cut).isEqualTo(expected);
      crashing.world.runs.forEach((key, runs) -> {
        String position = key.substring(key.lastIndexOf('~') + 1);
        assertThat(runs)
            .as(key)
            .isEqualTo(recorded.contains(position) ? 1 : before.getOrDefault(key, 0) + 1);
      });
    }
  }

  @Test
  void remembersASleepByWhatCameAfterIt() {
    trial.change(ctx -> {
      ctx.sleep(Duration.ofHours(1));
      return ctx.step("after", String.class, world::touch) + ctx.now();
    });
    trial.journal.answers(MemoryJournal::atOnce);
    String expected = trial.answer();
    var pending = trial.journal.row("0");
    assertThat(pending.kind()).isEqualTo(Kind.SLEEP);
    trial.journal.answers(row -> null);
    trial.journal.pend("0");
    assertThat(trial.answer()).isEqualTo(expected);
    assertThat(expected).contains("1970-01-01T01:00:01");
  }
}
