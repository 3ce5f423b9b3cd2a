// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.codec.Value;
import dev.detent.journal.Ending;
import dev.detent.journal.Entry;
import dev.detent.machine.Outcome;
import dev.detent.store.InvocationRow;
import dev.detent.store.StepRow;
import dev.detent.store.StepRow.Kind;
import dev.detent.store.StepRow.Status;
import dev.detent.store.StoreException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Leads a lane through what may come between a handler's steps.
final class LaneHandlersTest {
  private static final Ending MOVED =
      new Ending.Returned(
          new Outcome.Move("Active", Value.of(Json.parse("{\"r\":1}")), Json.parse("1")));
  private static final Ending UNWOUND = new Ending.Unwound(0);
  private static final Ending OUTAGE =
      new Ending.Retry(Problem.of(ErrorCode.UNAVAILABLE, "the journal can't be read"));

  private final LaneTrial alone = new LaneTrial(true);
  private final LaneTrial shared = new LaneTrial(false);

  @Test
  void startsAHandlerAfterItsAcceptanceAndAnswersAfterItsEnd() {
    alone.job("ann", "work").load();
    assertThat(alone.said()).containsExactly("commit in 0, work RUNNING");
    alone.commit();
    assertThat(alone.said()).containsExactly("start work 1");
    alone.end(MOVED);
    assertThat(alone.said()).containsExactly("commit j71 in 1, work COMPLETED");
    alone.commit();
    assertThat(alone.said()).containsExactly("ann: Active 1");
  }

  @Test
  void stopsTheAttemptWhenAPauseIsDecidedAgain() {
    begun(alone).control("bob", Request.Action.PAUSE);
    alone.fail(StoreException.Kind.FENCED).refresh().load().commit();
    assertThat(alone.said())
        .containsExactly(
            "commit in 0, work PAUSED",
            "refresh",
            "commit in 0, work PAUSED",
            "stop 1",
            "bob: PAUSED changed");
  }

  @Test
  void stopsTheAttemptIfNobodyKnowsWhetherItIsPaused() {
    begun(alone).control("bob", Request.Action.PAUSE);
    alone.lose(false).outcome(null).refresh().load();
    assertThat(alone.said())
        .containsExactly(
            "commit in 0, work PAUSED",
            "resolve",
            "bob: OUTCOME_UNKNOWN",
            "stop 1",
            "refresh",
            "start work 2");
  }

  @Test
  void recordsWhatCameWhileAPauseWasDecidedThatIsNotCommitted() {
    begun(alone).control("bob", Request.Action.PAUSE);
    alone.append(promise("0")).fail(StoreException.Kind.UNAVAILABLE);
    alone.pass(10).pass(200).fail(StoreException.Kind.UNAVAILABLE);
    alone.pass(20).refresh().load().commit();
    assertThat(alone.said())
        .contains("bob: UNAVAILABLE")
        .endsWith("commit in 0, 0 PENDING", "recorded 0 PENDING");
  }

  @Test
  void tellsAnAttemptOfItsCancellationAlthoughAPauseIsDecidedThatIsNotCommitted() {
    begun(alone).control("bob", Request.Action.CANCEL).control("cid", Request.Action.PAUSE);
    alone.commit();
    assertThat(alone.said())
        .containsExactly(
            "commit in 0, work RUNNING",
            "commit in 0, work PAUSED",
            "cancel 1",
            "bob: RUNNING changed");
  }

  @Test
  void pausesNoHandlerBecauseItsStoreIsOutOfReach() {
    begun(alone);
    for (int i = 0; i < 25; i++) {
      alone.end(OUTAGE).commit().pass(60_000);
    }
    assertThat(alone.said()).endsWith("commit in 0, work RUNNING", "start work 26");
  }

  @Test
  void waitsLongerAndLongerForAStoreThatIsOutOfReach() {
    begun(alone).end(OUTAGE).commit().pass(50);
    assertThat(alone.said()).endsWith("start work 2");
    alone.end(OUTAGE).commit().pass(50);
    assertThat(alone.said()).endsWith("commit in 0, work RUNNING");
    alone.pass(50);
    assertThat(alone.said()).containsExactly("start work 3");
  }

  @Test
  void takesNothingFromAnAttemptOfAnEarlierEpoch() {
    begun(shared).own().refresh().load();
    assertThat(shared.said()).containsExactly("refresh", "stop 1", "start work 2");
  }

  @Test
  void endsACommandInLineThatTheStoreRefuses() {
    begun(alone).job("late", "touch").commit().job("cid", "look").commit();
    alone.said();
    alone.end(MOVED);
    for (int i = 0; i < 9 && alone.lane().uncommitted() > 0; i++) {
      alone.commit().refresh().load();
    }
    assertThat(alone.said())
        .contains("ann: Active 1", "late: INTERNAL", "cid: Active 1")
        .contains("REJECTED");
  }

  @Test
  void findsThePoisonAlthoughOthersAreFasterAllTheTime() {
    begun(shared).call("first", "x", "coin").load();
    shared.call("a", "a", "coin").call("poison", "b", "coin").load().commit();
    for (int i = 0; i < 9 && shared.lane().uncommitted() > 0; i++) {
      shared.commit().refresh();
      shared.ask("bob", new Request.Await(shared.id(), Duration.ZERO)).commitOnce();
      shared.append(promise(i + "0")).commitOnce();
      shared.append(promise(i + "1")).commitOnce();
      shared.load();
    }
    assertThat(shared.said()).contains("a: unlocked 1", "poison: INTERNAL");
  }

  @Test
  void answersWhoBeganToWaitWhileTheEndWasCommitted() {
    begun(shared).ask("bob", new Request.Await(shared.id(), Duration.ofSeconds(5)));
    shared.end(MOVED);
    while (shared.lane().uncommitted() > 0) {
      shared.commit();
    }
    assertThat(shared.said()).contains("ann: Active 1", "bob: Active 1");
  }

  @Test
  void answersWhoWaitsForADelayedSendThatNeedsNoHandler() {
    alone.timers().send("ann", "touch", 500).load().commit();
    InvocationRow sent = alone.store.invocations().iterator().next();
    alone.ask("bob", new Request.Await(sent.id(), Duration.ofSeconds(5))).load();
    alone.said();
    alone.pass(500).timers().pass(0).load().commit();
    assertThat(alone.said()).containsExactly("commit j71 in 1, touch COMPLETED", "bob: Active 1");
  }

  @Test
  void showsNobodyAnInstanceAsIdleBeforeTheEndOfItsHandlerIsCommitted() {
    begun(alone).call("x", "k", "coin").load();
    alone.control("bob", Request.Action.KILL).job("cid", "look").readJob("dan").commit();
    assertThat(alone.said())
        .containsExactly("commit k1 in 1", "commit in 0, work KILLED", "x: unlocked 1");
    alone.commit();
    assertThat(alone.said())
        .containsExactly(
            "stop 1", "ann: CANCELLED", "bob: KILLED changed", "cid: Idle 0", "dan: sees Idle 0");
  }

  @Test
  void leavesNoJournalOfAHandlerThatIsKilledWhileItsPauseIsDecided() {
    begun(alone).control("bob", Request.Action.PAUSE).control("cid", Request.Action.KILL);
    transact(alone).commit().commit();
    assertThat(alone.said()).contains("bob: PAUSED changed", "cid: KILLED changed");
    assertThat(alone.store.steps()).isEmpty();
  }

  @Test
  void leavesNoJournalOfAHandlerThatBeginsAnewWhileItsPauseIsDecided() {
    begun(alone).control("bob", Request.Action.PAUSE).control("cid", Request.Action.RESTART);
    transact(alone).commit().commit();
    assertThat(alone.said()).contains("bob: PAUSED changed", "cid: RUNNING changed");
    assertThat(alone.store.steps()).isEmpty();
  }

  @Test
  void saysThatTheHandlerOfATimerFailed() {
    alone.timers().job("ann", "touch").load().commit();
    alone.pass(900).timers().pass(0).load().commit();
    assertThat(alone.said()).endsWith("start nap 1");
    alone.end(new Ending.Failed(Problem.of(ErrorCode.HANDLER_FAILED, "no"))).commit();
    assertThat(alone.said()).containsExactly("commit in 0, nap FAILED", "trouble HANDLER_FAILED");
  }

  @Test
  void saysThatASendWasRefusedWhenThatIsCommitted() {
    alone.send("ann", "close", 0).load().fail(StoreException.Kind.FENCED).refresh().load();
    assertThat(alone.said())
        .containsExactly("commit in 0, close FAILED", "refresh", "commit in 0, close FAILED");
    alone.commit();
    assertThat(alone.said()).containsExactly("trouble TRANSITION_NOT_ALLOWED", "ann: accepted");
  }

  @Test
  void wakesASleepOfTheNextLifeThatIsDueLikeOneOfTheLast() {
    begun(alone).append(sleep("0", 100)).commit().control("bob", Request.Action.RESTART).commit();
    alone.append(sleep("0", 100)).commit();
    alone.said();
    alone.pass(100);
    assertThat(alone.said()).containsExactly("tell 2: 0 COMPLETED");
  }

  @Test
  void leavesNoSendInTheOutboxThatIsDeliveredInTheBatchThatEndsItsHandler() {
    begun(alone).append(send("0")).commit();
    StepRow sent = alone.store.steps().iterator().next();
    alone.job("other", "look").load();
    alone.answered(sent, new Reply.Accepted("child", false)).end(MOVED).commit().commit();
    assertThat(alone.said()).contains("deliver 0", "ann: Active 1");
    assertThat(alone.store.steps()).isEmpty();
  }

  @Test
  void handsOverNoCallThatARestartInTheSameBatchDropped() {
    begun(alone).call("x", "k", "coin").load();
    alone.append(call("0")).control("bob", Request.Action.RESTART).commit().commit();
    assertThat(alone.said()).doesNotContain("deliver 0").contains("stop 1", "start work 2");
  }

  @Test
  void cancelsNoCallAgainThatACancelledHandlerMadeLater() {
    begun(alone).append(call("0")).commit().control("bob", Request.Action.CANCEL).commit();
    assertThat(alone.said()).contains("deliver 0", "ask CANCEL", "cancel 1");
    Problem problem = Problem.of(ErrorCode.CANCELLED, "cancelled");
    StepRow asked = alone.store.steps().iterator().next();
    alone.answered(asked, new Reply.Refused(problem)).commit();
    alone.append(call("1")).commit().append(call("2"));
    alone.said();
    alone.fail(StoreException.Kind.FENCED).refresh();
    assertThat(alone.said()).startsWith("refresh", "deliver 1").doesNotContain("ask CANCEL");
  }

  @Test
  void tellsASecondAnswerThatItIsTheSecondWhenTheFirstIsCommitted() {
    begun(alone).append(promise("0")).commit().call("x", "k", "coin").load();
    var answer = new Request.Complete(Ids.place(alone.id(), 0, "0"), Json.parse("7"), null);
    alone.said();
    alone.ask("bob", answer).ask("cid", answer);
    assertThat(alone.said()).isEmpty();
    alone.commit().commit();
    assertThat(alone.said())
        .endsWith("tell 1: 0 COMPLETED", "bob: RUNNING changed", "cid: RUNNING unchanged");
  }

  @Test
  void remembersTheFirstAnswerToWhatWasNotCommittedWhenItCame() {
    begun(alone).append(promise("0"));
    var answer = new Request.Complete(Ids.place(alone.id(), 0, "0"), Json.parse("7"), null);
    alone.ask("bob", answer).commit().end(UNWOUND).ask("cid", answer).commit();
    assertThat(alone.said()).contains("bob: RUNNING changed", "cid: RUNNING unchanged");
  }

  @Test
  void letsAHandlerGoOnThatLetGoJustBeforeTheNews() {
    begun(alone).append(promise("0")).commit();
    String place = Ids.place(alone.id(), 0, "0");
    alone.ask("bob", new Request.Complete(place, Json.parse("7"), null)).commit().end(UNWOUND);
    assertThat(alone.said())
        .endsWith("tell 1: 0 COMPLETED", "bob: RUNNING changed", "start work 2");
  }

  private static LaneTrial begun(LaneTrial trial) {
    trial.job("ann", "work").load().commit();
    trial.said();
    return trial;
  }

  /// Records a step in a transaction of its own, of which the lane has not heard.
  private static LaneTrial transact(LaneTrial trial) {
    InvocationRow run = trial.store.invocations().iterator().next();
    int partition = run.partition();
    var step =
        new StepRow(
            run.id(),
            0,
            "0",
            partition,
            Kind.TRANSACT,
            "",
            Status.COMPLETED,
            null,
            "1",
            null,
            trial.now,
            null);
    trial.store.transact(run, trial.store.epoch(partition), step, _ -> {});
    return trial;
  }

  private static Entry sleep(String position, long ms) {
    return pending(position, Kind.SLEEP, null, Duration.ofMillis(ms));
  }

  private static Entry promise(String position) {
    return pending(position, Kind.AWAKEABLE, null, null);
  }

  private static Entry send(String position) {
    return pending(position, Kind.SEND, outgoing(), null);
  }

  private static Entry call(String position) {
    return pending(position, Kind.CALL, outgoing(), null);
  }

  private static Entry.Outgoing outgoing() {
    return new Entry.Outgoing(LaneTrial.gate("g"), "coin", "{\"r\":5}");
  }

  private static Entry pending(
      String position, Kind kind, Entry.@Nullable Outgoing request, @Nullable Duration delay) {
    return new Entry(position, kind, "", Status.PENDING, request, null, null, delay);
  }
}
