// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.detent.store.Batch;
import dev.detent.store.Membership;
import dev.detent.store.NodeRow;
import dev.detent.store.PartitionRow;
import dev.detent.store.StoreException;
import dev.detent.store.TimerRow;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/// Tests who may own what: nodes, their leases, and what happens to those that lost theirs.
abstract class StoreNodes extends StoreJournals {
  private static final long LONG = 3_600_000;
  private static final long OVER = 0;

  @Test
  void acquiresAllPartitionsForANewOwner() {
    commit(batch().move(A, 0, "up"));
    List<PartitionRow> rows = store.acquire("node-1", ALL);

    assertThat(rows).hasSize(PARTITIONS).isEqualTo(store.partitionRows());
    assertThat(rows).allMatch(row -> "node-1".equals(row.owner()) && row.epoch() == 1);
    assertThat(rows.get(A.partition(PARTITIONS)).lastOffset()).isEqualTo(1);
    assertThat(store.acquire("node-2", ALL)).allMatch(row -> row.epoch() == 2);
    assertThat(store.acquire("node-2", ALL)).allMatch(row -> row.epoch() == 3);
  }

  @Test
  void acquiresOnlyWhatItIsAskedFor() {
    assertThat(partitions(store.acquire("node-1", List.of(3, 1)))).containsExactly(1, 3);
    assertThat(store.acquire("node-1", List.of())).isEmpty();

    assertThat(store.partitionRows())
        .extracting(PartitionRow::owner)
        .containsExactly(null, "node-1", null, "node-1");
    assertThat(store.partitionRows())
        .extracting(PartitionRow::epoch)
        .containsExactly(0L, 1L, 0L, 1L);
  }

  @Test
  void leavesThePartitionsOfALivingNodeAlone() {
    assumeFalse(store.exclusive(), "an exclusive store has one node");
    store.heartbeat(node("alive"), LONG);
    store.heartbeat(node("dead"), OVER);
    store.acquire("alive", List.of(0, 1));
    store.acquire("dead", List.of(2));

    assertThat(partitions(store.acquire("heir", ALL))).containsExactly(2, 3);
    assertThat(store.partitionRows())
        .extracting(PartitionRow::owner)
        .containsExactly("alive", "alive", "heir", "heir");
    assertThat(store.partitionRows())
        .extracting(PartitionRow::epoch)
        .containsExactly(1L, 1L, 2L, 1L);
    assertThat(partitions(store.acquire("alive", List.of(1, 2)))).contains(1);
  }

  @Test
  void acquiresWhatANodeLeftThatStoppedOrDied() {
    store.heartbeat(node("node-1"), LONG);
    store.acquire("node-1", ALL);
    store.forget(List.of("node-1", "nobody"));
    assertThat(store.acquire("node-2", List.of(0, 1))).hasSize(2);

    store.heartbeat(node("node-2"), OVER);
    assertThat(store.acquire("node-3", ALL)).hasSize(PARTITIONS);
  }

  @Test
  void letsNodesThatRaceHaveDifferentPartitions() throws Exception {
    assumeFalse(store.exclusive(), "an exclusive store has one node");
    var start = new CyclicBarrier(3);
    var racing = new ArrayList<FutureTask<List<PartitionRow>>>();
    for (String name : List.of("a", "b", "c")) {
      var task =
          new FutureTask<>(() -> {
            store.heartbeat(node(name), LONG);
            start.await();
            return store.acquire(name, ALL);
          });
      racing.add(task);
      Thread.ofVirtual().start(task);
    }

    var taken = new ArrayList<Integer>();
    for (FutureTask<List<PartitionRow>> task : racing) {
      taken.addAll(partitions(task.get()));
    }
    assertThat(taken).containsExactlyInAnyOrderElementsOf(ALL);
    assertThat(store.partitionRows()).allMatch(row -> row.epoch() == 1);
  }

  @Test
  void fencesAZombieOff() {
    store.heartbeat(node("zombie"), OVER);
    List<PartitionRow> before = store.acquire("zombie", ALL);
    Batch late = BatchBuilder.on(before).move(A, 0, "late").build();
    store.acquire("heir", ALL);

    StoreException refused = catchThrowableOfType(StoreException.class, () -> store.commit(late));
    assertThat(refused.kind()).isEqualTo(StoreException.Kind.FENCED);
    assertThat(store.isCommitted(late)).isFalse();
    assertThat(store.instances(List.of(A))).isEmpty();
  }

  @Test
  void releasesPartitionsOfTheEpochThatItKnows() {
    store.heartbeat(node("node-1"), LONG);
    List<PartitionRow> first = store.acquire("node-1", ALL);
    List<PartitionRow> again = store.acquire("node-1", List.of(2));
    store.release(first);
    assertThat(store.partitionRows())
        .extracting(PartitionRow::owner)
        .containsExactly(null, null, "node-1", null);

    store.release(again);
    store.release(List.of());
    assertThat(store.partitionRows()).allMatch(row -> row.owner() == null);
    store.heartbeat(node("node-2"), LONG);
    assertThat(store.acquire("node-2", ALL)).hasSize(PARTITIONS);
  }

  @Test
  void showsWhoIsAlive() {
    store.heartbeat(node("b"), LONG);
    store.acquire("b", List.of(1));
    Membership first = store.heartbeat(node("a"), OVER);
    Membership later = store.heartbeat(new NodeRow("a", "there:2", 0, 0, "{\"m\":\"h\"}"), LONG);

    assertThat(first.partitions()).isEqualTo(store.partitionRows());
    assertThat(first.nodes()).extracting(NodeRow::id).containsExactly("a", "b");
    assertThat(first.nodes().getFirst())
        .isEqualTo(new NodeRow("a", "here:1", first.now(), first.now(), "{}"));
    assertThat(later.nodes().getFirst())
        .isEqualTo(new NodeRow("a", "there:2", first.now(), later.now() + LONG, "{\"m\":\"h\"}"));
    store.forget(List.of("b"));
    assertThat(store.heartbeat(node("a"), LONG).nodes()).hasSize(1);
  }

  @Test
  void returnsTimersOfThesePartitionsOnly() {
    int here = A.partition(PARTITIONS);
    BatchBuilder batch = batch();
    for (int i = 0; i < 5; i++) {
      batch.timer(A, i, "x", 10 + i).timer(elsewhere(here), i, "y", i);
    }
    commit(batch);

    assertThat(store.timers(List.of(here), 99, 3))
        .extracting(TimerRow::dueAt)
        .containsExactly(10L, 11L, 12L);
    assertThat(store.timers(List.of(here), 11, 9)).hasSize(2);
    assertThat(store.timers(ALL, 99, 6))
        .extracting(TimerRow::dueAt)
        .containsExactly(0L, 1L, 2L, 3L, 4L, 10L);
    assertThat(store.timers(List.of(), 99, 9)).isEmpty();
  }

  static NodeRow node(String id) {
    return new NodeRow(id, "here:1", 0, 0, "{}");
  }

  private static List<Integer> partitions(List<PartitionRow> rows) {
    return rows.stream().map(PartitionRow::partition).toList();
  }
}
