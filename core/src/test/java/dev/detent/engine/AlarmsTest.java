// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.Key;
import dev.detent.store.TimerRow;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AlarmsTest {
  private final Alarms alarms = new Alarms(4, 1_000);

  @Test
  void asksForTheNextSpanAndAgainWhenHalfOfItIsOver() {
    assertThat(alarms.wants(0)).isTrue();
    assertThat(alarms.ask(0)).isEqualTo(1_000);
    assertThat(alarms.wants(0)).isFalse();
    alarms.loaded(List.of(), Long.MAX_VALUE);
    assertThat(alarms.wants(499)).isFalse();
    assertThat(alarms.wakeAt(9)).isEqualTo(500);
    assertThat(alarms.wants(500)).isTrue();
  }

  @Test
  void firesATimerAtItsTimeAndOnce() {
    known(timer("a", 300));
    assertThat(alarms.wakeAt(9)).isEqualTo(300);
    assertThat(alarms.due(299, 9)).isEmpty();
    assertThat(alarms.due(300, 9)).containsExactly(timer("a", 300));
    assertThat(alarms.due(300, 9)).isEmpty();
    alarms.ask(300);
    alarms.loaded(List.of(timer("a", 300)), Long.MAX_VALUE);
    assertThat(alarms.due(300, 9)).as("it is firing already").isEmpty();
  }

  @Test
  void firesOnceWhatTheStoreShowsBeforeItsCommitIsHeardOf() {
    known(timer("a", 300));
    assertThat(alarms.due(300, 9)).hasSize(1);
    alarms.started(timer("a", 300));
    assertThat(alarms.due(300, 9)).isEmpty();
  }

  @Test
  void firesNoMoreAtOnceThanAllowed() {
    known(timer("a", 1), timer("b", 2), timer("c", 3));
    assertThat(alarms.due(9, 2)).hasSize(2);
    assertThat(alarms.due(9, 2)).isEmpty();
    alarms.fired(timer("a", 1));
    assertThat(alarms.due(9, 2)).containsExactly(timer("c", 3));
  }

  @Test
  void takesStartedTimersOnlyAsFarAsItKnowsAll() {
    known();
    alarms.started(timer("a", 1_000));
    alarms.started(timer("b", 1_001));
    assertThat(alarms.due(5_000, 9)).containsExactly(timer("a", 1_000));
  }

  @Test
  void looksAgainForWhatItHadNoRoomFor() {
    known();
    for (int i = 1; i <= 6; i++) {
      alarms.started(timer("t" + i, i));
    }
    assertThat(alarms.size()).isEqualTo(4);
    assertThat(alarms.due(9, 9)).extracting(TimerRow::name).containsExactly("t1", "t2", "t3", "t4");
    assertThat(alarms.wants(9)).as("t5 and t6 are in the store only").isTrue();
  }

  @Test
  void looksAgainForWhatItHadNoRoomForWhileItWasReading() {
    alarms.ask(0);
    for (int i = 1; i <= 6; i++) {
      alarms.started(timer("t" + i, 900 + i));
    }
    alarms.loaded(List.of(), Long.MAX_VALUE);
    assertThat(alarms.due(950, 9)).hasSize(4);
    assertThat(alarms.wants(950)).isTrue();
    alarms.ask(950);
    alarms.loaded(List.of(timer("t5", 905), timer("t6", 906)), Long.MAX_VALUE);
    assertThat(alarms.due(950, 9)).hasSize(2);
  }

  @Test
  void readsPastPoison() {
    assertThat(alarms.askLimit()).isEqualTo(2);
    alarms.poison(timer("p", 1));
    alarms.ask(0);
    alarms.loaded(List.of(timer("p", 1)), 1);
    assertThat(alarms.due(9, 9)).isEmpty();
    assertThat(alarms.askLimit()).isEqualTo(2 + 1);
    assertThat(alarms.wants(0)).as("what comes later than 1 is not known").isTrue();
  }

  @Test
  void forgetsAllButPoison() {
    known(timer("a", 1));
    alarms.poison(timer("p", 1));
    alarms.clear();
    assertThat(alarms.size()).isZero();
    alarms.ask(0);
    alarms.loaded(List.of(timer("a", 1), timer("p", 1)), Long.MAX_VALUE);
    assertThat(alarms.due(9, 9)).containsExactly(timer("a", 1));
  }

  @Test
  void readsAgainWhatCouldNotFire() {
    known(timer("a", 1));
    assertThat(alarms.due(9, 9)).hasSize(1);
    alarms.postpone(timer("a", 1));
    assertThat(alarms.firing()).isZero();
    assertThat(alarms.wants(9)).isTrue();
  }

  private void known(TimerRow... timers) {
    alarms.ask(0);
    alarms.loaded(List.of(timers), Long.MAX_VALUE);
  }

  private static TimerRow timer(String name, long dueAt) {
    return new TimerRow(new Key("m", "k"), 0, 1, name, dueAt, null);
  }
}
