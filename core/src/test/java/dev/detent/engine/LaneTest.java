// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.store.StoreException.Kind;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class LaneTest {
  private final LaneTrial alone = new LaneTrial(true);
  private final LaneTrial shared = new LaneTrial(false);

  @Test
  void answersAfterTheCommit() {
    alone.call("ann", "k", "coin").load();
    assertThat(alone.said()).containsExactly("commit k1 in 1");
    alone.commit();
    assertThat(alone.said()).containsExactly("ann: unlocked 1");
  }

  @Test
  void writesAHotInstanceOncePerBatch() {
    alone.call("a", "k", "coin").load();
    alone.call("b", "k", "push").call("c", "k", "coin").call("d", "k", "coin");
    assertThat(alone.said()).containsExactly("commit k1 in 1");
    alone.commit().commit();
    assertThat(alone.said())
        .containsExactly(
            "commit k2 k3 k4 in 1",
            "a: unlocked 1",
            "b: locked 2",
            "c: unlocked 3",
            "d: unlocked 4");
  }

  @Test
  void takesNoMoreIntoABatchThanAllowed() {
    alone.call("first", "k", "coin").load();
    for (int i = 2; i <= 8; i++) {
      alone.call("c" + i, "k", "coin");
    }
    assertThat(alone.lane().undecided()).isEqualTo(2);
    assertThat(alone.lane().uncommitted()).isEqualTo(6);
    alone.commit().commit().commit();
    assertThat(alone.said())
        .contains("commit k1 in 1", "commit k2 k3 k4 k5 k6 in 1", "commit k7 k8 in 1")
        .contains("c8: unlocked 8");
  }

  @Test
  void showsAReaderOnlyWhatIsCommitted() {
    alone.call("ann", "k", "coin").load().read("bob", "k").call("cid", "k", "push");
    alone.read("dan", "k");
    assertThat(alone.said()).containsExactly("commit k1 in 1");
    alone.commit();
    assertThat(alone.said())
        .containsExactly("commit k2 in 1", "ann: unlocked 1", "bob: sees unlocked 1");
    alone.commit();
    assertThat(alone.said()).containsExactly("cid: locked 2", "dan: sees locked 2");
  }

  @Test
  void letsOthersSeeOnlyWhatIsCommittedAndNotDecidedAnew() {
    alone.call("ann", "k", "coin").load().read("bob", "k");
    assertThat(alone.shown("k")).as("decided, not committed").isNull();
    alone.commit().read("cid", "k");
    assertThat(alone.shown("k")).isEqualTo(1);
    alone.call("dan", "k", "push").read("eve", "k");
    assertThat(alone.shown("k")).as("decided anew").isNull();
    alone.commit().read("fay", "k");
    assertThat(alone.shown("k")).isEqualTo(2);
    alone.call("gus", "k", "coin").lose(false).outcome(false);
    assertThat(alone.shown("k")).as("its commit is tried again").isNull();
  }

  @Test
  void looksAtTheFenceForReadersOfASharedStore() {
    shared.read("ann", "k").load();
    assertThat(shared.said()).containsExactly("commit nothing, look");
    shared.commit();
    assertThat(shared.said()).containsExactly("ann: sees locked 0");
  }

  @Test
  void decidesAReaderAgainIfSomebodyElseWrote() {
    shared.read("ann", "k").load().foreign("k", "unlocked").commit();
    assertThat(shared.said()).containsExactly("commit nothing, look", "refresh");
    shared.refresh().load().commit();
    assertThat(shared.said()).containsExactly("commit nothing, look", "ann: sees unlocked 1");
  }

  @Test
  void looksOnceMoreForAReaderThatCameWhileABatchWasInFlight() {
    shared.call("ann", "k", "coin").load().read("bob", "k").commit();
    assertThat(shared.said())
        .containsExactly("commit k1 in 1", "commit nothing, look", "ann: unlocked 1");
    shared.commit();
    assertThat(shared.said()).containsExactly("bob: sees unlocked 1");
  }

  @Test
  void looksOnceMoreForReadersOfABatchThatWasLost() {
    shared.call("ann", "k", "coin").load().commit().read("bob", "k").commit();
    shared.said();
    shared.read("cid", "k").call("dan", "k", "push");
    assertThat(shared.said()).containsExactly("commit nothing, look");
    shared.commit().read("eve", "k").lose(true).outcome(true);
    assertThat(shared.said())
        .containsExactly(
            "commit k2 in 1",
            "cid: sees unlocked 1",
            "resolve",
            "commit nothing, look",
            "dan: locked 2");
    shared.commit();
    assertThat(shared.said()).containsExactly("eve: sees locked 2");
  }

  @Test
  void decidesAgainFromTheStoreIfItsFenceIsBroken() {
    shared.call("ann", "k", "coin").load().call("bob", "k", "push");
    shared.foreign("k", "jammed").commit();
    assertThat(shared.said()).containsExactly("commit k1 in 1", "FENCED", "refresh");
    shared.refresh().load();
    shared.commit();
    assertThat(shared.said())
        .containsExactly(
            "commit nothing, look", "ann: TRANSITION_NOT_ALLOWED", "bob: TRANSITION_NOT_ALLOWED");
  }

  @Test
  void keepsTheOrderOfAnInstanceWhenItDecidesAgain() {
    alone.read("ann", "other").load();
    alone.call("bob", "k", "coin").load().read("cid", "k").call("dan", "k", "push");
    alone.fail(Kind.FENCED).refresh().load().commit();
    assertThat(alone.said())
        .containsSubsequence("bob: unlocked 1", "cid: sees unlocked 1")
        .doesNotContain("cid: sees locked 2");
  }

  @Test
  void answersAfterItFoundOutThatALostBatchIsCommitted() {
    alone.call("ann", "k", "coin").load().lose(true);
    assertThat(alone.said()).containsExactly("commit k1 in 1", "resolve");
    alone.outcome(true);
    assertThat(alone.said()).containsExactly("ann: unlocked 1");
  }

  @Test
  void commitsOnceMoreIfALostBatchIsNotCommitted() {
    alone.call("ann", "k", "coin").load().lose(false).outcome(false);
    assertThat(alone.said()).containsExactly("commit k1 in 1", "resolve");
    alone.pass(20);
    assertThat(alone.said()).containsExactly("commit k1 in 1");
    alone.commit();
    assertThat(alone.said()).containsExactly("ann: unlocked 1");
  }

  @Test
  void saysSoIfEvenTheStoreCannotTell() {
    alone.call("ann", "k", "coin").load().read("bob", "k").call("cid", "k", "push");
    alone.lose(true).outcome(null);
    assertThat(alone.said())
        .containsExactly("commit k1 in 1", "resolve", "ann: OUTCOME_UNKNOWN", "refresh");
    alone.refresh().load().commit();
    assertThat(alone.said())
        .containsExactly("bob: sees unlocked 1", "commit k2 in 1", "cid: locked 2");
  }

  @Test
  void refusesThePoisonAloneAndCommitsTheRest() {
    alone.call("first", "x", "coin").load();
    alone.call("a", "a", "coin").call("b", "b", "coin").call("poison", "c", "coin");
    alone.call("d", "d", "coin").load().commit().refresh().load();
    for (int i = 0; i < 9 && alone.lane().uncommitted() > 0; i++) {
      alone.commit().refresh().load();
    }
    assertThat(alone.said())
        .contains("a: unlocked 1", "b: unlocked 1", "poison: INTERNAL", "d: unlocked 1")
        .contains("REJECTED");
    assertThat(alone.store.instance(LaneTrial.gate("c"))).isNull();
    assertThat(alone.store.instance(LaneTrial.gate("d"))).isNotNull();
  }

  @Test
  void findsThePoisonBesideReadersOfItsInstance() {
    alone.call("poison", "k", "coin").load().read("ann", "k").read("bob", "k").commit();
    assertThat(alone.said())
        .containsExactly("commit k1 in 1", "REJECTED", "poison: INTERNAL", "refresh");
    alone.refresh().load();
    assertThat(alone.said()).containsExactly("ann: sees locked 0", "bob: sees locked 0");
  }

  @Test
  void refusesAfterAWhileWhatTheStoreCannotTake() {
    alone.call("ann", "k", "coin").load().fail(Kind.UNAVAILABLE).pass(10);
    assertThat(alone.said()).containsExactly("commit k1 in 1", "commit k1 in 1");
    alone.pass(200).fail(Kind.UNAVAILABLE);
    assertThat(alone.said()).containsExactly("ann: UNAVAILABLE");
    alone.call("bob", "k", "coin");
    assertThat(alone.said()).containsExactly("bob: UNAVAILABLE");
    assertThat(alone.lane().health().ok()).isFalse();
    alone.pass(20).refresh().call("cid", "k", "coin").load().commit();
    assertThat(alone.said()).containsExactly("refresh", "commit k1 in 1", "cid: unlocked 1");
    assertThat(alone.lane().health().ok()).isTrue();
  }

  @Test
  void triesAgainAlthoughTheClockWasSetBack() {
    alone.call("ann", "k", "coin").load().fail(Kind.UNAVAILABLE).pass(-900);
    assertThat(alone.said()).containsExactly("commit k1 in 1", "commit k1 in 1");
  }

  @Test
  void movesOnceForADeliveryThatIsRepeatedBeforeItsCommit() {
    alone.deliver("first", "k", "coin", "i1-1_1-1").deliver("second", "k", "coin", "i1-1_1-1");
    alone.load().deliver("third", "k", "coin", "i1-1_1-1").load();
    assertThat(alone.said()).containsExactly("commit k1 in 1");
    alone.commit();
    assertThat(alone.said())
        .containsExactly("first: unlocked 1", "second: unlocked 1", "third: unlocked 1");
  }

  @Test
  void movesOnceForADeliveryThatIsRepeatedWhileItCommits() {
    alone.deliver("first", "k", "coin", "i1-1_1-1").load();
    alone.deliver("second", "k", "coin", "i1-1_1-1").load(alone::commitOnce).load();
    assertThat(alone.said())
        .containsExactly("commit k1 in 1", "first: unlocked 1", "second: unlocked 1");
  }

  @Test
  void parksBetweenBatches() {
    var reached = new AtomicBoolean();
    alone.call("ann", "k", "coin").load().call("bob", "k", "push");
    alone.lane().park(() -> reached.set(true));
    alone.call("cid", "k", "coin").commit();
    assertThat(reached).isFalse();
    alone.commit();
    assertThat(reached).isTrue();
    alone.store.define();
    alone.lane().resume(alone.now);
    alone.refresh().load().commit();
    assertThat(alone.said()).contains("ann: unlocked 1", "bob: locked 2", "cid: unlocked 3");
  }

  @Test
  void goesOnWithTheBatchInFlightIfNobodyWaitsForItToPark() {
    var reached = new AtomicBoolean();
    alone.call("ann", "k", "coin").load();
    alone.lane().park(() -> reached.set(true));
    alone.lane().resume(alone.now);
    alone.pass(0).commit();
    assertThat(reached).isFalse();
    assertThat(alone.said()).containsExactly("commit k1 in 1", "ann: unlocked 1");
  }

  @Test
  void ownsNothingThatAnotherNodeTookWhileItWasParked() {
    shared.lane().park(() -> {});
    shared.store.acquire();
    shared.lane().resume(shared.now);
    shared.call("ann", "k", "coin").refresh();
    assertThat(shared.said()).containsExactly("refresh", "ann: elsewhere");
  }

  @Test
  void answersEverybodyWhenItEnds() {
    alone.call("ann", "k", "coin").load().call("bob", "k", "coin").read("cid", "new");
    alone.said();
    alone.lane().end();
    assertThat(alone.said())
        .containsExactlyInAnyOrder(
            "ann: OUTCOME_UNKNOWN", "bob: OUTCOME_UNKNOWN", "cid: OUTCOME_UNKNOWN");
  }
}
