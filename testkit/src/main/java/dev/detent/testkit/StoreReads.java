// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.Key;
import dev.detent.store.EventRow;
import dev.detent.store.InstanceRow;
import dev.detent.store.InvocationRow;
import dev.detent.store.InvocationRow.End;
import dev.detent.store.InvocationRow.Run;
import dev.detent.store.InvocationRow.Status;
import dev.detent.store.Store;
import dev.detent.store.TimerRow;
import dev.detent.store.Token;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Tests what a store gives back: look-ups, pages, lists, and that nothing is lost on the way.
abstract class StoreReads {
  static final int PARTITIONS = 4;
  static final List<Integer> ALL = List.of(0, 1, 2, 3);
  static final Key A = new Key("m", "a");
  static final Key B = new Key("m", "b");

  Store store;

  /// Opens the store of the current test: empty at first, and the same again when it was closed.
  ///
  /// @param partitions how many partitions it gets if it is empty
  protected abstract Store open(int partitions);

  @BeforeEach
  void openStore() {
    store = open(PARTITIONS);
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void findsInstancesAmongManyKeys() {
    List<Key> keys =
        IntStream.range(0, 1500).mapToObj(i -> new Key(i % 2 == 0 ? "m" : "n", "k" + i)).toList();
    BatchBuilder batch = batch();
    keys.stream().limit(1000).forEach(key -> batch.move(key, 0, "up"));
    commit(batch);

    assertThat(store.instances(keys))
        .hasSize(1000)
        .extracting(InstanceRow::key)
        .doesNotHaveDuplicates();
    assertThat(store.instances(List.of(new Key("n", "k0")))).isEmpty();
    assertThat(store.instances(List.of())).isEmpty();
  }

  @Test
  void findsInvocationsByTokenWithinTheirInstance() {
    InvocationRow first = invocation("i1", A, "t1");
    InvocationRow second = invocation("i2", B, "t1");
    commit(batch().invocation(first).invocation(second).invocation(invocation("i3", A, "t3")));

    assertThat(store.invocations(List.of(new Token(A, "t1")))).containsExactly(first);
    assertThat(
            store.invocations(List.of(new Token(B, "t1"), new Token(A, "t1"), new Token(A, "?"))))
        .containsExactlyInAnyOrder(first, second);
    assertThat(store.invocations(List.of())).isEmpty();
    assertThat(store.invocation("i4")).isNull();
  }

  @Test
  void replacesAnInvocationOfTheSameIdOrToken() {
    commit(batch().invocation(invocation("i1", A, "t1")).invocation(invocation("i2", A, null)));
    InvocationRow ended = ended("i2", A, 5);
    InvocationRow heir = invocation("i9", A, "t1");
    commit(batch().invocation(ended).invocation(heir));

    assertThat(store.invocation("i1")).isNull();
    assertThat(store.invocation("i2")).isEqualTo(ended);
    assertThat(store.invocations(List.of(new Token(A, "t1")))).containsExactly(heir);
  }

  @Test
  void returnsTimersByDueTime() {
    commit(
        batch()
            .timer(A, 1, "x", 30)
            .timer(B, 1, "y", 10)
            .timer(A, 1, "z", 20)
            .timer(B, 1, "w", 99));

    assertThat(names(store.timers(ALL, 50, 10))).containsExactly("y", "z", "x");
    assertThat(names(store.timers(ALL, Long.MAX_VALUE, 2))).containsExactly("y", "z");
    assertThat(store.timers(ALL, 9, 10)).isEmpty();
  }

  @Test
  void dropsOneTimerOrAllOfAVersion() {
    commit(batch().timer(A, 1, "x", 1).timer(A, 1, "y", 2).timer(A, 2, "x", 3).timer(B, 1, "x", 4));

    commit(batch().drop(A, 1, "y"));
    assertThat(names(store.timers(ALL, 9, 9))).containsExactly("x", "x", "x");
    commit(batch().drop(A, 1, null).drop(B, 7, "x"));
    assertThat(store.timers(ALL, 9, 9)).extracting(TimerRow::dueAt).containsExactly(3L, 4L);
  }

  @Test
  void pagesThroughEventsAndHistory() {
    for (int version = 0; version < 5; version++) {
      commit(batch().move(A, version, "s" + version));
    }

    int partition = A.partition(PARTITIONS);
    assertThat(store.events(partition, 1, 2)).extracting(EventRow::to).containsExactly("s1", "s2");
    assertThat(store.events(partition, 5, 2)).isEmpty();
    assertThat(store.history(A, 3, 9)).extracting(EventRow::version).containsExactly(4L, 5L);
    assertThat(store.history(A, 0, 2)).extracting(EventRow::version).containsExactly(1L, 2L);
    assertThat(store.history(B, 0, 2)).isEmpty();
  }

  @Test
  void findsEveryPageOfALongHistory() {
    long version = 0;
    for (int events : List.of(1, 3, 60, 1, 70, 64, 2)) {
      commit(batch().moves(A, version, events).moves(B, version, events));
      version += events;
    }

    List<Long> all = LongStream.rangeClosed(1, version).boxed().toList();
    assertThat(versions(store.history(A, 0, 1000))).isEqualTo(all);
    for (int after = 0; after < version; after++) {
      List<Long> page = all.subList(after, Math.min(after + 7, all.size()));
      assertThat(versions(store.history(A, after, 7))).isEqualTo(page);
    }
    assertThat(store.history(A, version, 7)).isEmpty();
    assertThat(store.history(A, Long.MAX_VALUE, 7)).isEmpty();
  }

  @Test
  void keepsWhatIsMissingMissing() {
    commit(batch().timeout(A, 0));

    EventRow event = store.history(A, 0, 1).getFirst();
    assertThat(event.command()).isNull();
    assertThat(event.from()).isNull();
    assertThat(event.cause()).isEqualTo("after");
    assertThat(event.forced()).isTrue();
    assertThat(event.metadata()).isNull();
  }

  @Test
  void keepsWhatTheCallerSaysAboutAnEvent() {
    String metadata = "{\"by\":\"Zo\u00eb\",\"why\":[1.10,null]}";
    commit(batch().noted(A, 0, metadata));
    commit(batch().move(A, 1, "down"));

    List<EventRow> history = store.history(A, 0, 10);
    assertThat(history).extracting(EventRow::metadata).containsExactly(metadata, null);
    assertThat(store.events(A.partition(PARTITIONS), 0, 10)).isEqualTo(history);
  }

  @Test
  void listsKeysByTheirBytes() {
    List<String> keys =
        List.of(
            " ",
            "%",
            "%a",
            "'",
            "A",
            "B",
            "Z",
            "\\",
            "_",
            "a",
            "a b",
            "a'b",
            "e\u0301",
            "z",
            "\u00e9",
            "\u00ff",
            "\u4e2d",
            "\ufb01",
            "\ud83d\ude00");
    BatchBuilder batch = batch().move(new Key("n", "a"), 0, "up");
    keys.reversed().forEach(key -> batch.move(new Key("m", key), 0, "up"));
    commit(batch);

    assertThat(keys(store.list("m", null, null, 100))).isEqualTo(keys);
    assertThat(keys(store.list("m", null, "a", 3))).containsExactly("a b", "a'b", "e\u0301");
    assertThat(keys(store.list("m", "up", "\u00ff", 100)))
        .containsExactly("\u4e2d", "\ufb01", "\ud83d\ude00");
    assertThat(store.instances(List.of(new Key("m", "\u00e9"), new Key("m", "e\u0301"))))
        .hasSize(2);
  }

  @Test
  void listsAndCountsByState() {
    commit(batch().move(A, 0, "up").move(B, 0, "down").move(new Key("m", "c"), 0, "up"));
    commit(batch().move(A, 1, "down"));

    assertThat(keys(store.list("m", "down", null, 9))).containsExactly("a", "b");
    assertThat(keys(store.list("m", "down", null, 1))).containsExactly("a");
    assertThat(store.list("m", "none", null, 9)).isEmpty();
    assertThat(store.counts("m")).isEqualTo(Map.of("down", 2L, "up", 1L));
    assertThat(store.counts("n")).isEmpty();
  }

  @Test
  void keepsDocumentsByteForByte() {
    String odd =
        "{\"b\" : 1e400,"
            + "\t\"a\":0.10,\"n\":-0,\"\\u0000\":\"\\ud83d\u00e9'\\\"%\ud83d\ude00\",\"b\":[ ]}";
    commit(batch().move(A, 0, "'; drop table x; --", odd));

    assertThat(store.instances(List.of(A)).getFirst().data()).isEqualTo(odd);
    assertThat(store.history(A, 0, 1).getFirst().input()).isEqualTo(odd);
    assertThat(state(A)).isEqualTo("'; drop table x; --");
  }

  @Test
  void keepsLargeDocuments() {
    String large = "{\"text\":\"" + "é".repeat(1 << 20) + "\"}";
    commit(batch().move(A, 0, "up", large));

    assertThat(store.instances(List.of(A)).getFirst().data()).isEqualTo(large);
  }

  @Test
  void purgesWhatEndedAndExpired() {
    commit(
        batch()
            .invocation(ended("i1", A, 10))
            .invocation(ended("i2", A, 20))
            .invocation(ended("i3", A, 30))
            .invocation(invocation("i4", A, "t")));

    assertThat(store.purge(9, 10)).isZero();
    assertThat(store.purge(25, 1)).isEqualTo(1);
    assertThat(store.invocation("i1")).isNull();
    assertThat(store.purge(25, 10)).isEqualTo(1);
    assertThat(store.invocation("i3")).isNotNull();
    assertThat(store.invocation("i4")).isNotNull();
  }

  @Test
  void tellsItsTimeAndThatItLives() {
    store.ping();

    assertThat(store.now()).isPositive();
  }

  BatchBuilder batch() {
    return BatchBuilder.on(store);
  }

  void commit(BatchBuilder batch) {
    store.commit(batch.build());
  }

  String state(Key key) {
    return store.instances(List.of(key)).getFirst().state();
  }

  private static List<Long> versions(List<EventRow> rows) {
    return rows.stream().map(EventRow::version).toList();
  }

  private static List<String> keys(List<InstanceRow> rows) {
    return rows.stream().map(row -> row.key().key()).toList();
  }

  private static List<String> names(List<TimerRow> rows) {
    return rows.stream().map(TimerRow::name).toList();
  }

  static InvocationRow invocation(String id, Key key, @Nullable String token) {
    return new InvocationRow(
        id,
        key,
        key.partition(PARTITIONS),
        "go",
        "{\"n\":1.00}",
        token,
        token == null ? null : "f",
        null,
        Status.SCHEDULED,
        "send",
        0,
        1,
        2,
        null,
        Run.NONE,
        null);
  }

  private static InvocationRow ended(String id, Key key, long expiresAt) {
    return invocation(id, key, null)
        .ended(Status.COMPLETED, new End(3, expiresAt, "{}", "{\"code\":\"X\"}", "up", 8), false);
  }
}
