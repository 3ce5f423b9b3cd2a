// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.detent.Key;
import dev.detent.store.Batch;
import dev.detent.store.InvocationRow;
import dev.detent.store.InvocationRow.End;
import dev.detent.store.InvocationRow.Parent;
import dev.detent.store.InvocationRow.Run;
import dev.detent.store.InvocationRow.Status;
import dev.detent.store.StepRow;
import dev.detent.store.StepRow.Kind;
import dev.detent.store.StepRow.Outgoing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Tests what a store keeps of invocations that have not ended: queues and journals.
abstract class StoreJournals extends StoreReads {
  @Test
  void keepsAllOfAnInvocation() {
    var full =
        new InvocationRow(
            "i1",
            A,
            A.partition(PARTITIONS),
            "go",
            "{\"a\": 1.0}",
            "t",
            "f",
            "*",
            Status.FAILED,
            "after",
            7,
            1L << 40,
            2,
            new Parent("p", 3, "4.1.0", "[\"m/x\"]"),
            new Run(5, 6, 7, 8, true, "{\"code\":\"R\"}"),
            new End(9, 10, "1.0", "{\"code\":\"E\"}", "up", 11));
    InvocationRow bare = invocation("i2", A, null);
    InvocationRow silent = bare.ended(Status.CANCELLED, new End(9, 10, null, null, null, 0), false);
    commit(batch().invocation(full).invocation(bare));

    assertThat(store.invocation("i1")).isEqualTo(full);
    assertThat(store.invocation("i2")).isEqualTo(bare);
    commit(batch().invocation(silent));
    assertThat(store.invocation("i2")).isEqualTo(silent);
  }

  @Test
  void keepsAllOfAJournal() {
    InvocationRow run = running("i1", A, 1);
    StepRow failed = step(run, "0", Kind.STEP).ended(null, "{\"code\":\"X\"}", 9);
    StepRow done = step(run, "1.0.0", Kind.AWAKEABLE).ended("{\"a\": 1.0}", null, 9);
    StepRow call = call(run, "10", Kind.CALL);
    StepRow signal = step(run, "signal.0", Kind.SIGNAL);
    StepRow sleep =
        new StepRow(
            "i1",
            0,
            "2",
            run.partition(),
            Kind.SLEEP,
            "",
            StepRow.Status.PENDING,
            null,
            null,
            null,
            1,
            1L << 40);
    List<StepRow> all = List.of(failed, done, call, signal, sleep, again(failed, 1));
    BatchBuilder batch = batch().invocation(run).step(step(running("i2", A, 2), "0", Kind.STEP));
    all.forEach(batch::step);
    commit(batch);

    assertThat(store.steps("i1")).containsExactlyInAnyOrderElementsOf(all);
    assertThat(store.steps("i2")).hasSize(1);
    assertThat(store.steps("i3")).isEmpty();
  }

  @Test
  void replacesAnEntryOfTheSameIdentity() {
    InvocationRow run = running("i1", A, 1);
    StepRow call = call(run, "0", Kind.CALL);
    commit(batch().step(call).step(call(run, "1", Kind.CALL)));
    StepRow answered = call.ended("7", null, 99);
    commit(batch().step(answered));

    assertThat(store.steps("i1")).contains(answered).hasSize(2);
    assertThat(store.pending(run.partition(), null, 9))
        .extracting(StepRow::position)
        .containsExactly("1");
  }

  @Test
  void clearsAJournalExceptSendsThatAreNotDelivered() {
    InvocationRow run = running("i1", A, 1);
    InvocationRow other = running("i2", A, 2);
    StepRow send = call(run, "2", Kind.SEND);
    commit(
        batch()
            .step(step(run, "0", Kind.STEP))
            .step(call(run, "1", Kind.CALL))
            .step(send)
            .step(call(run, "3", Kind.SEND).ended(null, null, 9))
            .step(again(call(run, "4", Kind.CALL), 1))
            .step(again(call(run, "5", Kind.SEND), 1))
            .step(step(other, "0", Kind.STEP)));
    commit(batch().clear(run, 0, null));

    assertThat(store.steps("i1"))
        .containsExactlyInAnyOrder(send, again(call(run, "5", Kind.SEND), 1));
    assertThat(store.steps("i2")).hasSize(1);
  }

  @Test
  void clearsOneEntryWhateverItIs() {
    InvocationRow run = running("i1", A, 1);
    StepRow send = call(run, "0", Kind.SEND);
    commit(batch().step(send).step(again(send, 1)).step(step(run, "1", Kind.STEP)));
    commit(batch().clear(run, 0, "0").clear(run, 5, "1"));

    assertThat(store.steps("i1"))
        .containsExactlyInAnyOrder(again(send, 1), step(run, "1", Kind.STEP));
  }

  @Test
  void clearsBeforeItWrites() {
    InvocationRow run = running("i1", A, 1);
    commit(batch().step(step(run, "0", Kind.STEP)).step(step(run, "1", Kind.STEP)));
    StepRow anew = again(step(run, "0", Kind.STEP), 1);
    commit(batch().step(anew).clear(run, 0, null));

    assertThat(store.steps("i1")).containsExactly(anew);
  }

  @Test
  void pagesThroughOpenInvocations() {
    int partition = A.partition(PARTITIONS);
    var expected = new ArrayList<InvocationRow>();
    BatchBuilder batch = batch();
    for (Key key : awkward()) {
      for (long ordinal : new long[] {1, 2, 10}) {
        expected.add(running("i" + expected.size(), key, ordinal));
      }
    }
    expected.reversed().forEach(batch::invocation);
    batch.invocation(invocation("j1", A, null));
    batch.invocation(finished(running("j2", A, 5), 9));
    commit(batch.invocation(running("j3", elsewhere(partition), 1)));

    for (int limit : new int[] {1, 2, 5, 1000}) {
      var found = new ArrayList<InvocationRow>();
      List<InvocationRow> page = store.open(partition, null, limit);
      while (!page.isEmpty()) {
        assertThat(page.size()).isLessThanOrEqualTo(limit);
        found.addAll(page);
        assertThat(found.size()).as("no row twice").isLessThanOrEqualTo(expected.size());
        page = store.open(partition, found.getLast(), limit);
      }
      assertThat(found).containsExactlyElementsOf(expected);
    }
  }

  @Test
  void countsQueuedRunningAndPausedAsOpen() {
    int ordinal = 0;
    BatchBuilder batch = batch();
    for (Status status : Status.values()) {
      batch.invocation(running("i" + status, A, ordinal++).with(status, Run.NONE));
    }
    commit(batch);

    assertThat(store.open(A.partition(PARTITIONS), null, 99))
        .extracting(InvocationRow::status)
        .containsExactly(Status.QUEUED, Status.RUNNING, Status.PAUSED);
  }

  @Test
  void pagesThroughPendingEntries() {
    var expected = new ArrayList<StepRow>();
    BatchBuilder batch = batch();
    for (String id : List.of("i1", "i10", "i2", "iZ", "ia")) {
      for (int life : new int[] {0, 2, 10}) {
        for (String position : List.of("0", "0.1.0", "1", "10", "2", "signal.0")) {
          expected.add(again(call(running(id, A, 1), position, Kind.CALL), life));
        }
      }
    }
    expected.reversed().forEach(batch::step);
    batch.step(call(running("i1", A, 1), "3", Kind.CALL).ended("1", null, 1));
    InvocationRow far = running("i1", elsewhere(A.partition(PARTITIONS)), 1);
    commit(batch.step(call(far, "99", Kind.CALL)));

    for (int limit : new int[] {1, 7, 1000}) {
      var found = new ArrayList<StepRow>();
      List<StepRow> page = store.pending(A.partition(PARTITIONS), null, limit);
      while (!page.isEmpty()) {
        assertThat(page.size()).isLessThanOrEqualTo(limit);
        found.addAll(page);
        assertThat(found.size()).as("no row twice").isLessThanOrEqualTo(expected.size());
        page = store.pending(A.partition(PARTITIONS), found.getLast(), limit);
      }
      assertThat(found).containsExactlyElementsOf(expected);
    }
  }

  @Test
  void listsInvocationsByIdAndStatus() {
    BatchBuilder batch = batch();
    for (Status status : Status.values()) {
      for (String id : List.of("i1-", "i10-", "i2-")) {
        batch.invocation(running(id + status, B, 1).with(status, Run.NONE));
      }
    }
    commit(batch);

    List<String> ids =
        IntStream.range(0, 3)
            .boxed()
            .flatMap(i ->
                Arrays.stream(Status.values()).map(s -> List.of("i1-", "i10-", "i2-").get(i) + s))
            .sorted(Comparator.naturalOrder())
            .toList();
    assertThat(ids(store.invocations(null, null, 99))).isEqualTo(ids);
    assertThat(ids(store.invocations(null, ids.get(4), 2))).isEqualTo(ids.subList(5, 7));
    for (Status status : Status.values()) {
      assertThat(ids(store.invocations(status, null, 99)))
          .containsExactly("i1-" + status, "i10-" + status, "i2-" + status);
      assertThat(ids(store.invocations(status, "i1-" + status, 1)))
          .containsExactly("i10-" + status);
    }
  }

  @Test
  void purgesNoInvocationWhoseParentStillWaits() {
    InvocationRow parent = running("p", A, 1);
    StepRow call = call(parent, "0", Kind.CALL);
    commit(
        batch()
            .invocation(parent)
            .step(call)
            .step(again(call(parent, "1", Kind.CALL), 1))
            .invocation(child("waited", parent, 0, "0"))
            .invocation(child("life", parent, 1, "0"))
            .invocation(child("place", parent, 0, "1")));

    assertThat(store.purge(50, 10)).isEqualTo(2);
    assertThat(store.invocation("waited")).isNotNull();
    assertThat(store.purge(50, 10)).isZero();
    commit(batch().step(call.ended("1", null, 1)));
    assertThat(store.purge(50, 10)).isEqualTo(1);
    assertThat(store.invocation("waited")).isNull();
  }

  @Test
  void refusesRowsWithoutAFenceAndRowsThatStandTwice() {
    InvocationRow run = running("i1", A, 1);
    StepRow step = step(run, "0", Kind.STEP);
    Batch far = batch().touch(elsewhere(run.partition()).partition(PARTITIONS)).build();

    assertRefused(with(far, List.of(run), List.of()));
    assertRefused(with(far, List.of(), List.of(step)));
    assertRefused(batch().invocation(run).invocation(run).build());
    assertRefused(
        batch().invocation(invocation("i1", A, "t")).invocation(invocation("i2", A, "t")).build());
    assertRefused(batch().step(step).step(step).build());
    assertThat(store.steps("i1")).isEmpty();
  }

  private void assertRefused(Batch batch) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.commit(batch))
        .withMessageContaining("expected");
  }

  private static Batch with(Batch batch, List<InvocationRow> invocations, List<StepRow> steps) {
    return new Batch(
        batch.id(),
        batch.fences(),
        batch.instances(),
        batch.events(),
        batch.timers(),
        batch.dropped(),
        invocations,
        steps,
        List.of());
  }

  /// Returns keys of one partition that sort by bytes only, in their order.
  private static List<Key> awkward() {
    List<String> names =
        List.of(" ", "%", "'", "A", "\\", "_", "a", "a b", "b", "e\u0301", "\u00e9", "\ufb01");
    var keys = new ArrayList<Key>();
    for (String machine : List.of("M", "m", "m.", "m_")) {
      for (String name : names) {
        String fitting = name;
        while (new Key(machine, fitting).partition(PARTITIONS) != A.partition(PARTITIONS)) {
          fitting += "~";
        }
        keys.add(new Key(machine, fitting));
      }
    }
    return keys;
  }

  /// Returns a key of another partition.
  static Key elsewhere(int partition) {
    for (int i = 0; ; i++) {
      Key key = new Key("m", "far" + i);
      if (key.partition(PARTITIONS) != partition) {
        return key;
      }
    }
  }

  static InvocationRow running(String id, Key key, long ordinal) {
    InvocationRow row = invocation(id, key, null);
    return row.queued(ordinal).with(Status.RUNNING, Run.NONE);
  }

  private static InvocationRow finished(InvocationRow row, long expiresAt) {
    return row.ended(Status.COMPLETED, new End(3, expiresAt, "1", null, "up", 2), false);
  }

  private static InvocationRow child(String id, InvocationRow parent, int life, String position) {
    InvocationRow r = finished(running(id, B, 1), 9);
    return new InvocationRow(
        r.id(),
        r.key(),
        r.partition(),
        r.command(),
        r.input(),
        null,
        null,
        null,
        r.status(),
        "call",
        1,
        1,
        1,
        new Parent(parent.id(), life, position, "[]"),
        r.run(),
        r.end());
  }

  static StepRow step(InvocationRow of, String position, Kind kind) {
    return entry(of, position, kind, StepRow.Status.COMPLETED, null);
  }

  private static StepRow call(InvocationRow of, String position, Kind kind) {
    var outgoing = new Outgoing("child-" + position, B, "go", "{\"n\": 1.0}", "[\"m/a\"]");
    return entry(of, position, kind, StepRow.Status.PENDING, outgoing);
  }

  private static StepRow entry(
      InvocationRow of,
      String position,
      Kind kind,
      StepRow.Status status,
      @Nullable Outgoing outgoing) {
    return new StepRow(
        of.id(),
        of.run().life(),
        position,
        of.partition(),
        kind,
        "name",
        status,
        outgoing,
        null,
        null,
        5,
        null);
  }

  private static StepRow again(StepRow s, int life) {
    return new StepRow(
        s.invocation(),
        life,
        s.position(),
        s.partition(),
        s.kind(),
        s.name(),
        s.status(),
        s.outgoing(),
        s.value(),
        s.problem(),
        s.at(),
        s.dueAt());
  }

  private static List<String> ids(List<InvocationRow> rows) {
    return rows.stream().map(InvocationRow::id).toList();
  }
}
