// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.Key;
import dev.detent.store.InvocationRow;
import dev.detent.store.StepRow;
import org.junit.jupiter.api.Test;

final class TaskTest {
  private final Task task = new Task(row(), 1);

  @Test
  void remembersWhatItsAttemptMayNotKnowYet() {
    task.attempted(1, 1);
    StepRow answer = answer("0");
    task.settle(answer, 2);
    task.settled(answer);
    assertThat(task.settled("0")).isEqualTo(new Task.Settled(answer, 2));
  }

  @Test
  void forgetsWhatTheNextAttemptFindsInItsJournal() {
    task.attempted(1, 1);
    StepRow answer = answer("0");
    task.settle(answer, 2);
    task.settled(answer);
    task.unattended();
    assertThat(task.settled("0")).isNull();
  }

  @Test
  void remembersWhatIsNotCommitted() {
    task.attempted(1, 1);
    StepRow first = answer("0");
    StepRow second = answer("1");
    task.settle(first, 2);
    task.settle(second, 3);
    task.settled(first);
    task.unattended(1);
    assertThat(task.settled("0")).isNull();
    assertThat(task.settled("1")).isNotNull();
    task.settled(second);
    assertThat(task.settled("1")).isNull();
  }

  private static StepRow answer(String position) {
    return new StepRow(
        "i0-1-1",
        0,
        position,
        0,
        StepRow.Kind.AWAKEABLE,
        "",
        StepRow.Status.COMPLETED,
        null,
        "1",
        null,
        1,
        null);
  }

  private static InvocationRow row() {
    return new InvocationRow(
        "i0-1-1",
        new Key("job", "a"),
        0,
        "work",
        "null",
        null,
        null,
        null,
        InvocationRow.Status.RUNNING,
        "call",
        0,
        1,
        1,
        null,
        InvocationRow.Run.NONE,
        null);
  }
}
