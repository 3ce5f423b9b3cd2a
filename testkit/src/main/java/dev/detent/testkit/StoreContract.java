// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.detent.Key;
import dev.detent.Offset;
import dev.detent.store.Batch;
import dev.detent.store.EventRow;
import dev.detent.store.Fence;
import dev.detent.store.InstanceRow;
import dev.detent.store.InvocationRow;
import dev.detent.store.MachineRow;
import dev.detent.store.PartitionRow;
import dev.detent.store.StoreException.Kind;
import dev.detent.store.Stranded;
import dev.detent.store.TimerRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Tests what a [store][dev.detent.store.Store] promises. A store's author extends it, says how to
/// open the store, and runs it on the real database.
///
/// **Threads**: one test at a time.
public abstract class StoreContract extends StoreCursors {
  /// Makes a contract; JUnit does.
  protected StoreContract() {}

  @Test
  void startsWithUntouchedPartitions() {
    assertThat(store.partitions()).isEqualTo(PARTITIONS);
    assertThat(store.partitionRows())
        .containsExactlyElementsOf(
            IntStream.range(0, PARTITIONS)
                .mapToObj(p -> new PartitionRow(p, null, 0, 0, 0))
                .toList());
  }

  @Test
  void keepsEverythingWhenItIsOpenedAgain() {
    commit(batch().move(A, 0, "up"));
    store.close();

    store = open(PARTITIONS * 2);

    assertThat(store.partitions()).isEqualTo(PARTITIONS);
    assertThat(state(A)).isEqualTo("up");
    commit(batch().move(A, 1, "down"));
    assertThat(store.history(A, 0, 10)).hasSize(2);
  }

  @Test
  void commitsAllKindsOfRowsTogether() {
    InvocationRow invocation = invocation("i1", A, "t1");
    commit(batch().move(A, 0, "up").timer(A, 1, "after", 50).invocation(invocation));

    int partition = A.partition(PARTITIONS);
    assertThat(store.instances(List.of(A)))
        .containsExactly(
            new InstanceRow(
                A, partition, "up", "{\"in\":\"up\"}", 1, "hash", 1, 2, 3, 0, "invocation"));
    assertThat(store.events(partition, 0, 10))
        .containsExactly(
            new EventRow(
                new Offset(partition, 1),
                A,
                1,
                "go",
                null,
                "up",
                "{\"in\":\"up\"}",
                7,
                "command",
                false,
                null));
    assertThat(store.timers(ALL, 100, 10))
        .containsExactly(new TimerRow(A, partition, 1, "after", 50, null));
    assertThat(store.invocation("i1")).isEqualTo(invocation);
  }

  @Test
  void movesSequenceByOneAndOffsetByTheEvents() {
    commit(batch().move(A, 0, "up").move(new Key("m", "a2"), 0, "up").touch(0));

    List<PartitionRow> rows = store.partitionRows();
    assertThat(rows.stream().mapToLong(PartitionRow::lastOffset).sum()).isEqualTo(2);
    assertThat(rows.get(0).seq()).isEqualTo(1);
    assertThat(rows.get(A.partition(PARTITIONS)).seq()).isEqualTo(1);
  }

  @Test
  void keepsOffsetsGaplessFromOneOn() {
    for (int version = 0; version < 10; version += 2) {
      commit(batch().moves(A, version, 2));
    }

    assertThat(store.events(A.partition(PARTITIONS), 0, 100))
        .extracting(e -> e.offset().offset())
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
  }

  @Test
  void refusesAnotherSequenceAndLeavesNoTrace() {
    commit(batch().move(A, 0, "up"));
    Batch stale = batch().move(A, 1, "stale").timer(A, 2, "t", 1).build();
    commit(batch().move(A, 1, "down"));

    assertRefused(stale, Kind.FENCED);
  }

  @Test
  void refusesAnotherEpochAndLeavesNoTrace() {
    List<PartitionRow> before = store.acquire("node-1", ALL);
    store.acquire("node-2", ALL);

    assertRefused(BatchBuilder.on(before).move(A, 0, "zombie").build(), Kind.FENCED);
  }

  @Test
  void refusesAllPartitionsIfOneFenceFails() {
    Batch good = batch().touch(0).touch(1).touch(2).move(A, 0, "up").build();
    List<Fence> fences = new ArrayList<>(good.fences());
    Fence last = fences.removeLast();
    fences.add(
        new Fence(
            last.partition(), last.epoch(), last.seq() + 1, last.lastOffset(), last.events()));

    assertRefused(withFences(good, fences), Kind.FENCED);
  }

  @Test
  void refusesAnotherVersionOfAnInstance() {
    commit(batch().move(A, 0, "up"));

    assertRefused(batch().move(B, 0, "up").move(A, 4, "down").build(), Kind.FENCED);
  }

  @Test
  void refusesToStoreAnInstanceThatIsThere() {
    commit(batch().move(A, 0, "up"));

    assertRefused(batch().move(A, 0, "again").build(), Kind.FENCED);
  }

  @Test
  void refusesABatchThatContradictsItself() {
    Batch good = batch().move(A, 0, "up").build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.commit(withFences(good, List.of())))
        .withMessageContaining("expected");
    assertThatIllegalArgumentException().isThrownBy(() -> store.commit(moved(good, 1, 0)));
    assertThatIllegalArgumentException().isThrownBy(() -> store.commit(moved(good, 0, 1)));
    assertThat(store.instances(List.of(A))).isEmpty();
  }

  @Test
  void rejectsPoisonWholeAndGoesOn() {
    assertRefused(batch().move(A, 0, "up").move(B, 0, "up", "\"\0\"").build(), Kind.REJECTED);
    assertRefused(batch().move(A, 0, "u\0").build(), Kind.REJECTED);

    commit(batch().move(A, 0, "up").move(B, 0, "up"));
    assertThat(store.counts("m")).isEqualTo(Map.of("up", 2L));
  }

  @Test
  void commitsWithoutEvents() {
    commit(batch().invocation(invocation("i1", A, null)));

    assertThat(store.invocation("i1")).isNotNull();
    assertThat(store.partitionRows().get(A.partition(PARTITIONS)))
        .isEqualTo(new PartitionRow(A.partition(PARTITIONS), null, 0, 1, 0));
  }

  @Test
  void writesDefinitionsAndRaisesEverySequence() {
    List<PartitionRow> before = store.partitionRows();
    MachineRow first = new MachineRow("n", "json", "h1", "{\"a\": 1.0}");
    assertThat(store.define(first, List.of("up"))).isEmpty();
    MachineRow second = new MachineRow("m", "java", "h2", "{}");
    assertThat(store.define(second, List.of())).isEmpty();
    MachineRow newer = new MachineRow("n", "json", "h3", "{}");
    assertThat(store.define(newer, List.of("up"))).isEmpty();

    assertThat(store.machines()).containsExactly(second, newer);
    assertThat(store.partitionRows()).allMatch(row -> row.seq() == 3);
    assertRefused(BatchBuilder.on(before).move(A, 0, "up").build(), Kind.FENCED);
  }

  @Test
  void refusesADefinitionThatStrandsInstances() {
    BatchBuilder batch =
        batch().move(new Key("n", "x"), 0, "gone").move(new Key("m", "k"), 0, "up");
    List.of("d", "c", "b", "a").forEach(key -> batch.move(new Key("m", key), 0, "gone"));
    commit(batch);
    List<PartitionRow> before = store.partitionRows();

    MachineRow machine = new MachineRow("m", "json", "h", "{}");
    assertThat(store.define(machine, List.of("up", "new")))
        .containsExactly(new Stranded("gone", 4, List.of("a", "b", "c")));
    assertThat(store.machines()).isEmpty();
    assertThat(store.partitionRows()).isEqualTo(before);
    assertThat(store.define(machine, List.of("up", "gone"))).isEmpty();
  }

  @Test
  void knowsWhatItCommittedInTheSameEpoch() {
    Batch committed = batch().move(A, 0, "up").build();
    Batch lost = batch().move(A, 0, "other").build();
    store.commit(committed);

    assertThat(store.isCommitted(committed)).isTrue();
    assertThat(store.isCommitted(lost)).isFalse();
  }

  @Test
  void knowsWhatItCommittedBeforeOneTakeover() {
    Batch committed = batch().move(A, 0, "up").build();
    Batch lost = batch().move(A, 0, "other").build();
    store.commit(committed);
    store.acquire("node-1", ALL);
    commit(batch().move(A, 1, "down"));

    assertThat(store.isCommitted(committed)).isTrue();
    assertThat(store.isCommitted(lost)).isFalse();
  }

  @Test
  void admitsWhatItCannotTell() {
    Batch committed = batch().move(A, 0, "up").build();
    store.commit(committed);
    store.acquire("node-1", ALL);
    store.acquire("node-2", ALL);

    assertThat(store.isCommitted(committed)).isNull();
  }

  @Test
  void refusesToWorkWhenClosed() {
    Batch batch = batch().move(A, 0, "up").build();
    store.close();

    assertThat(kind(() -> store.commit(batch))).isEqualTo(Kind.UNAVAILABLE);
    assertThat(kind(() -> store.instances(List.of(A)))).isEqualTo(Kind.UNAVAILABLE);
    store.close();
  }

  private void assertRefused(Batch batch, Kind kind) {
    List<Object> before = everything();
    assertThat(kind(() -> store.commit(batch))).isEqualTo(kind);
    assertThat(everything()).isEqualTo(before);
  }

  private List<Object> everything() {
    var all = new ArrayList<Object>(store.partitionRows());
    for (int partition = 0; partition < PARTITIONS; partition++) {
      all.addAll(store.events(partition, 0, 1000));
    }
    all.addAll(store.list("m", null, null, 1000));
    all.addAll(store.timers(ALL, Long.MAX_VALUE, 1000));
    return all;
  }

  private static Batch withFences(Batch batch, List<Fence> fences) {
    return new Batch(
        batch.id(),
        fences,
        batch.instances(),
        batch.events(),
        batch.timers(),
        batch.dropped(),
        batch.invocations(),
        batch.steps(),
        batch.cleared());
  }

  private static Batch moved(Batch batch, int offset, int events) {
    Fence f = batch.fences().getFirst();
    Fence other =
        new Fence(f.partition(), f.epoch(), f.seq(), f.lastOffset() + offset, f.events() + events);
    return withFences(batch, List.of(other));
  }
}
