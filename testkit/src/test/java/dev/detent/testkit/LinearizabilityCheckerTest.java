// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.detent.testkit.Tally.Asked;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Shows the checker histories that are known to be good and histories that are known to be bad.
class LinearizabilityCheckerTest {
  private final List<Operation<Asked, Integer>> history = new ArrayList<>();

  @Test
  void acceptsAnEmptyHistory() {
    assertThat(check().ok()).isTrue();
  }

  @Test
  void acceptsOperationsOneAfterTheOther() {
    add(0, 1, 0, 1);
    read(1, 2, 3);
    add(1, 2, 4, 5);
    assertThat(check().ok()).isTrue();
  }

  @Test
  void acceptsConcurrentOperationsInAnyOrderThatTheResultsTell() {
    add(2, 3, 0, 10);
    add(0, 1, 0, 10);
    add(1, 2, 0, 10);
    read(2, 5, 6);
    assertThat(check().ok()).isTrue();
  }

  @Test
  void rejectsALostUpdate() {
    add(0, 1, 0, 10);
    add(0, 1, 5, 15);
    read(1, 20, 21);
    assertThat(check().kind()).isEqualTo(Verdict.Kind.BROKEN);
  }

  @Test
  void rejectsAStaleRead() {
    add(0, 1, 0, 1);
    read(0, 2, 3);
    assertThat(check().kind()).isEqualTo(Verdict.Kind.BROKEN);
  }

  @Test
  void rejectsAReadThatGoesBackWhileAnUpdateIsUnderWay() {
    add(0, 1, 0, 100);
    read(1, 10, 20);
    read(0, 30, 40);
    assertThat(check().kind()).isEqualTo(Verdict.Kind.BROKEN);
  }

  @Test
  void rejectsAReadOfWhatNobodyDidYet() {
    read(1, 0, 1);
    add(0, 1, 2, 3);
    assertThat(check().kind()).isEqualTo(Verdict.Kind.BROKEN);
  }

  @Test
  void rejectsTheSecondEffectOfOneOperation() {
    add(0, 1, 0, 50); // sent twice, answered once
    read(2, 60, 61);
    assertThat(check().kind()).isEqualTo(Verdict.Kind.BROKEN);
  }

  @Test
  void rejectsEffectsInAnotherOrderThanTheirAnswers() {
    add(1, 2, 0, 1);
    add(0, 1, 2, 3);
    assertThat(check().kind()).isEqualTo(Verdict.Kind.BROKEN);
  }

  @Test
  void rejectsAnAcknowledgedUpdateThatIsGone() {
    add(0, 1, 0, 1);
    add(1, 2, 2, 3);
    add(1, 2, 10, 11);
    assertThat(check().kind()).isEqualTo(Verdict.Kind.BROKEN);
  }

  @Test
  void rejectsARefusalForAStateThatWasLeftBefore() {
    add(0, 1, 0, 1);
    refusal(2, 3); // is a refusal to take from 0
    assertThat(check().kind()).isEqualTo(Verdict.Kind.BROKEN);
    history.clear();
    add(0, 1, 0, 5);
    refusal(2, 3);
    assertThat(check().ok()).isTrue();
  }

  @Test
  void acceptsAnUnknownOutcomeThatShowsLater() {
    unknown(0);
    read(0, 10, 11);
    read(0, 20, 21);
    read(1, 1_000, 1_001);
    assertThat(check().ok()).isTrue();
  }

  @Test
  void acceptsAnUnknownOutcomeThatNeverHappened() {
    unknown(0);
    add(0, 1, 10, 11);
    read(1, 20, 21);
    assertThat(check().ok()).isTrue();
  }

  @Test
  void rejectsAnUnknownOutcomeThatHappenedTwice() {
    unknown(0);
    read(1, 10, 11);
    read(2, 20, 21);
    assertThat(check().kind()).isEqualTo(Verdict.Kind.BROKEN);
  }

  @Test
  void rejectsAnUnknownOutcomeThatIsUndone() {
    unknown(0);
    read(1, 10, 11);
    read(0, 20, 21);
    assertThat(check().kind()).isEqualTo(Verdict.Kind.BROKEN);
  }

  @Test
  void rejectsAnUnknownOutcomeThatShowsBeforeItWasAsked() {
    read(1, 0, 1);
    unknown(5);
    assertThat(check().kind()).isEqualTo(Verdict.Kind.BROKEN);
  }

  @Test
  void requiresWhatHappenedForSureThoughNobodySawItReturn() {
    history.add(new Operation<>(Asked.ADD, 1, 0, Operation.OPEN));
    assertThat(check().ok()).isTrue();
    read(0, 10, 11);
    assertThat(check().ok()).isTrue();
    add(0, 1, 20, 21);
    assertThat(check().kind()).isEqualTo(Verdict.Kind.BROKEN);
  }

  @Test
  void namesTheStateAndTheOperationsThatDoNotFit() {
    add(0, 1, 0, 1_000_000);
    add(1, 2, 2_000_000, 3_000_000);
    read(1, 4_000_000, 5_500_000);
    add(2, 3, 6_000_000, 7_000_000);
    assertThat(check().explanation())
        .isEqualTo(
            """
            4 operations: expected an order that explains them, got none. After 2 that fit, at last
              0.000..1.000 ms: ADD -> 1
              2.000..3.000 ms: ADD -> 2
            in state 2 none of these fits:
              4.000..5.500 ms: READ -> 1\
            """);
  }

  @Test
  void agreesWithTryingAllOrders() {
    int broken = 0;
    for (long seed = 0; seed < 20_000; seed++) {
      history.clear();
      fill(new Random(seed));
      Verdict verdict = check();
      boolean expected = anyOrder(new ArrayList<>(history), 0);
      assertThat(verdict.ok()).as("seed %d: %s", seed, history).isEqualTo(expected);
      broken += expected ? 0 : 1;
    }
    assertThat(broken).isBetween(2_000, 18_000);
  }

  @Test
  void looksAtFewCombinationsOfLongHistories() {
    for (long seed = 0; seed < 20; seed++) {
      history.clear();
      history.addAll(Tally.run(2_000, 10, 0.02, new Random(seed)));
      Verdict verdict = check();
      assertThat(verdict.ok()).as("seed %d: %s", seed, verdict.explanation()).isTrue();
      assertThat(verdict.explored()).as("seed %d", seed).isLessThan(50_000);
    }
  }

  @Test
  void findsOneWrongAnswerInLongHistories() {
    for (long seed = 0; seed < 20; seed++) {
      history.clear();
      history.addAll(Tally.run(2_000, 10, 0.002, new Random(seed)));
      String wrong = falsify(1_000);
      Verdict verdict = check();
      assertThat(verdict.kind()).as("seed %d", seed).isEqualTo(Verdict.Kind.BROKEN);
      assertThat(verdict.explanation()).contains(wrong);
    }
  }

  /// Makes the next read after some place show a value that was there long before.
  private String falsify(int place) {
    int index = place;
    while (history.get(index).asked() != Asked.READ || !history.get(index).certain()) {
      index++;
    }
    Operation<Asked, Integer> read = history.get(index);
    int value = Objects.requireNonNull(read.result()) + 40;
    history.set(index, new Operation<>(Asked.READ, value, read.calledAt(), read.returnedAt()));
    return "READ -> " + value;
  }

  @Test
  void givesUpRatherThanRunForEver() {
    for (int i = 0; i < 40; i++) {
      history.add(new Operation<>(Asked.values()[i % 2 * 2], null, i, Operation.OPEN));
    }
    Model<List<Asked>, Asked, Integer> all = new OrderModel();
    read(-1, 100, 101);
    Verdict verdict = LinearizabilityChecker.check(all, history);
    assertThat(verdict.kind()).isEqualTo(Verdict.Kind.UNDECIDED);
    assertThat(verdict.explanation()).contains("41 operations").contains("gave up");
  }

  @Test
  void refusesAReturnBeforeItsCall() {
    assertThatThrownBy(() -> new Operation<>(Asked.READ, 1, 5, 4))
        .hasMessage("READ: expected a return at 5 or later, got 4");
  }

  /// Remembers everything, so that no two orders lead to the same state, and allows no read.
  private static final class OrderModel implements Model<List<Asked>, Asked, Integer> {
    @Override
    public List<Asked> initial() {
      return List.of();
    }

    @Override
    public @Nullable List<Asked> next(List<Asked> state, Asked asked, @Nullable Integer result) {
      if (asked == Asked.READ) {
        return null;
      }
      var next = new ArrayList<>(state);
      next.add(asked);
      return next;
    }
  }

  private Verdict check() {
    return LinearizabilityChecker.check(new Tally(), history);
  }

  private void add(int before, int after, long calledAt, long returnedAt) {
    assertThat(after).isEqualTo(before + 1);
    history.add(new Operation<>(Asked.ADD, after, calledAt, returnedAt));
  }

  private void read(int value, long calledAt, long returnedAt) {
    history.add(new Operation<>(Asked.READ, value, calledAt, returnedAt));
  }

  private void refusal(long calledAt, long returnedAt) {
    history.add(new Operation<>(Asked.TAKE, Tally.REFUSED, calledAt, returnedAt));
  }

  private void unknown(long calledAt) {
    history.add(new Operation<>(Asked.ADD, null, calledAt, Operation.OPEN));
  }

  /// Makes up a short history of which many are good and many are bad.
  private void fill(Random random) {
    int size = 1 + random.nextInt(6);
    for (int i = 0; i < size; i++) {
      Asked asked = Asked.values()[random.nextInt(3)];
      long calledAt = random.nextInt(12);
      boolean known = random.nextInt(4) > 0;
      int value = random.nextInt(3);
      history.add(
          new Operation<>(
              asked,
              known ? (asked == Asked.TAKE && value == 0 ? Tally.REFUSED : value) : null,
              calledAt,
              known && random.nextInt(5) > 0 ? calledAt + random.nextInt(12) : Operation.OPEN));
    }
  }

  /// Tries all orders of all choices of those that may never have happened.
  private static boolean anyOrder(List<Operation<Asked, Integer>> operations, int from) {
    List<Operation<Asked, Integer>> rest = operations.subList(from, operations.size());
    if (rest.stream().noneMatch(Operation::certain) && explains(operations.subList(0, from))) {
      return true;
    }
    for (int i = from; i < operations.size(); i++) {
      Collections.swap(operations, from, i);
      boolean found = anyOrder(operations, from + 1);
      Collections.swap(operations, from, i);
      if (found) {
        return true;
      }
    }
    return false;
  }

  private static boolean explains(List<Operation<Asked, Integer>> order) {
    Integer state = 0;
    long latestCall = Long.MIN_VALUE;
    for (Operation<Asked, Integer> operation : order) {
      state = new Tally().next(state, operation.asked(), operation.result());
      if (state == null || operation.returnedAt() < latestCall) {
        return false;
      }
      latestCall = Math.max(latestCall, operation.calledAt());
    }
    return true;
  }
}
