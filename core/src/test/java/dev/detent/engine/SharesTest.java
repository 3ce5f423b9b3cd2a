// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.engine.Shares.Plan;
import dev.detent.store.Membership;
import dev.detent.store.NodeRow;
import dev.detent.store.PartitionRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SharesTest {
  private static final long PATIENCE_MS = 10_000;
  private static final long NOW = 1_000_000;

  /// Owners of the partitions in order, by the nodes' one-letter names; `-` for nobody.
  private String owners = "";

  private String alive = "";
  private long now = NOW;

  @Test
  void givesEverythingToALoneNode() {
    alive = "a";
    owners = "-----";

    assertThat(plan("a").acquire()).containsExactly(0, 1, 2, 3, 4);
    assertThat(plan("a").release()).isEmpty();
  }

  @Test
  void givesWhatTheDeadAndTheUnknownOwned() {
    alive = "a";
    owners = "aax-d";

    assertThat(plan("a")).isEqualTo(new Plan(List.of(2, 3, 4), List.of()));
  }

  @Test
  void countsANodeAsDeadFromTheTimeAtWhichItsLeaseEnds() {
    alive = "ab";
    owners = "ab";
    var ended = new NodeRow("b", "host:1", 1, NOW, "{}");
    var lasting = new NodeRow("b", "host:1", 1, NOW + 1, "{}");
    var self = new NodeRow("a", "host:1", 1, NOW + 1, "{}");

    assertThat(shares("a").plan(seen(List.of(self, ended)), Set.of("a", "b")).acquire())
        .containsExactly(1);
    assertThat(shares("a").plan(seen(List.of(self, lasting)), Set.of("a", "b")).acquire())
        .isEmpty();
  }

  @Test
  void dividesWhatNobodyOwnsIntoDisjointParts() {
    alive = "abc";
    owners = "--------";

    assertThat(plan("a").acquire()).containsExactly(0, 1, 2);
    assertThat(plan("b").acquire()).containsExactly(3, 4, 5);
    assertThat(plan("c").acquire()).containsExactly(6, 7);
  }

  @Test
  void givesTheDeadNodesPartitionsToThoseWithTheFewest() {
    alive = "abc";
    owners = "aaabbxxcx";

    assertThat(plan("a")).isEqualTo(Plan.NOTHING);
    assertThat(plan("b").acquire()).containsExactly(5);
    assertThat(plan("c").acquire()).containsExactly(6, 8);
  }

  @Test
  void movesNothingWhereSharesDifferByOne() {
    for (String settled : List.of("aabbbcc", "abbcc", "c", "ccbba", "cba", "aaabbbcccc")) {
      alive = "abc";
      owners = settled;
      for (String node : List.of("a", "b", "c")) {
        assertThat(plan(node)).as(settled + " " + node).isEqualTo(Plan.NOTHING);
      }
    }
  }

  @Test
  void givesUpOnlyWhatIsBeyondTheShareWhenANodeJoins() {
    alive = "abc";
    owners = "aaaaabbbbb";

    assertThat(plan("a")).isEqualTo(new Plan(List.of(), List.of(4)));
    assertThat(plan("b")).isEqualTo(new Plan(List.of(), List.of(8, 9)));
    assertThat(plan("c")).isEqualTo(Plan.NOTHING);
  }

  @Test
  void dividesEvenlyWhatIsThereWhileMoreIsToCome() {
    alive = "abc";
    owners = "aaaaaaaa--";

    assertThat(plan("b").acquire()).containsExactly(8);
    assertThat(plan("c").acquire()).containsExactly(9);
    assertThat(plan("a").release()).containsExactly(4, 5, 6, 7);
  }

  @Test
  void takesWhatWasGivenUpForIt() {
    alive = "abc";
    owners = "aaaa-bbb--";

    assertThat(plan("c").acquire()).containsExactly(4, 8, 9);
    assertThat(plan("a")).isEqualTo(Plan.NOTHING);
    assertThat(plan("b")).isEqualTo(Plan.NOTHING);
  }

  @Test
  void takesEverythingFromANodeThatMayNotOwn() {
    alive = "ab";
    owners = "aabb";

    Plan stopping = shares("a").plan(seen(), Set.of("b"));
    assertThat(stopping).isEqualTo(new Plan(List.of(), List.of(0, 1)));
    assertThat(shares("b").plan(seen(), Set.of("b"))).isEqualTo(Plan.NOTHING);
    owners = "--bb";
    assertThat(shares("a").plan(seen(), Set.of("b"))).isEqualTo(Plan.NOTHING);
    assertThat(shares("b").plan(seen(), Set.of("b")).acquire()).containsExactly(0, 1);
  }

  @Test
  void leavesTheOthersInPeaceWhileANodeStopsAndAnotherStarts() {
    alive = "abcd";
    owners = "aabbcc";
    var mayOwn = Set.of("b", "c", "d");

    assertThat(shares("b").plan(seen(), mayOwn)).isEqualTo(Plan.NOTHING);
    assertThat(shares("c").plan(seen(), mayOwn)).isEqualTo(Plan.NOTHING);
    assertThat(shares("a").plan(seen(), mayOwn).release()).containsExactly(0, 1);
  }

  @Test
  void takesNothingWhereNobodyMayOwn() {
    alive = "ab";
    owners = "--";

    assertThat(shares("a").plan(seen(), Set.of())).isEqualTo(Plan.NOTHING);
  }

  @Test
  void takesNothingForANodeThatCountsAsDead() {
    alive = "b";
    owners = "a--";

    assertThat(plan("a")).isEqualTo(Plan.NOTHING);
  }

  @Test
  void leavesNodesWithoutAnyWhereThereAreMoreNodesThanPartitions() {
    alive = "abcd";
    owners = "--";

    assertThat(plan("a").acquire()).containsExactly(0);
    assertThat(plan("b").acquire()).containsExactly(1);
    assertThat(plan("c").acquire()).isEmpty();
    owners = "cd";
    assertThat(plan("a")).isEqualTo(Plan.NOTHING);
  }

  @Test
  void passesOverANodeThatDoesNotTakeWhatFallsToIt() {
    alive = "ab";
    owners = "aa--";
    Shares a = shares("a");

    assertThat(a.plan(seen(), Set.of("a", "b"))).isEqualTo(Plan.NOTHING);
    now += PATIENCE_MS - 1;
    assertThat(a.plan(seen(), Set.of("a", "b"))).isEqualTo(Plan.NOTHING);
    now += 1;
    a.plan(seen(), Set.of("a", "b"));
    assertThat(a.plan(seen(), Set.of("a", "b")).acquire()).containsExactly(2, 3);

    owners = "aaaa";
    now += 9 * PATIENCE_MS;
    assertThat(a.plan(seen(), Set.of("a", "b"))).isEqualTo(Plan.NOTHING);
  }

  @Test
  void triesAgainWithANodeThatWasPassedOverLessOftenEachTime() {
    alive = "ab";
    owners = "aa--";
    Shares a = shares("a");
    long last = now;
    var pauses = new ArrayList<Long>();
    boolean whole = false;
    while (pauses.size() < 4) {
      Plan plan = a.plan(seen(), Set.of("a", "b"));
      if (!plan.acquire().isEmpty()) {
        owners = "aaaa";
        whole = true;
        last = now;
      } else if (!plan.release().isEmpty() && whole) {
        owners = "aa--";
        whole = false;
        pauses.add((now - last) / PATIENCE_MS);
      }
      now += PATIENCE_MS / 5;
    }

    assertThat(pauses.get(0)).isBetween(9L, 10L);
    assertThat(pauses.get(1)).isBetween(19L, 20L);
    assertThat(pauses.get(2)).isBetween(39L, 40L);
    assertThat(pauses.get(3)).isBetween(79L, 80L);
  }

  @Test
  void trustsANodeAgainThatTookSomething() {
    alive = "ab";
    owners = "aa--";
    Shares a = shares("a");
    a.plan(seen(), Set.of("a", "b"));
    now += PATIENCE_MS;
    a.plan(seen(), Set.of("a", "b"));
    owners = "aab-";
    a.plan(seen(), Set.of("a", "b"));

    assertThat(a.plan(seen(), Set.of("a", "b"))).isEqualTo(Plan.NOTHING);
  }

  private Plan plan(String node) {
    Set<String> all = Set.copyOf(Arrays.asList(alive.split("")));
    return shares(node).plan(seen(), all);
  }

  private static Shares shares(String node) {
    return new Shares(node, PATIENCE_MS);
  }

  private Membership seen() {
    List<NodeRow> nodes =
        Arrays.stream(alive.split(""))
            .map(id -> new NodeRow(id, "host:1", 1, now + 5_000, "{}"))
            .toList();
    return seen(nodes);
  }

  private Membership seen(List<NodeRow> nodes) {
    List<PartitionRow> rows =
        IntStream.range(0, owners.length())
            .mapToObj(i -> {
              String owner = owners.substring(i, i + 1);
              return new PartitionRow(i, owner.equals("-") ? null : owner, 1, 1, 0);
            })
            .toList();
    var dead = new NodeRow("d", "host:1", 1, now - 1, "{}");
    var all = new ArrayList<>(nodes);
    if (nodes.stream().noneMatch(row -> row.id().equals("d"))) {
      all.add(dead);
    }
    return new Membership(now, all, rows);
  }
}
