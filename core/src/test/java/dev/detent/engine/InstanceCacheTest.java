// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.Key;
import dev.detent.codec.Json;
import dev.detent.codec.Value;
import java.util.List;
import org.junit.jupiter.api.Test;

final class InstanceCacheTest {
  private final InstanceCache cache = new InstanceCache(3, 10_000);

  @Test
  void forgetsTheLeastRecentlyUsedFirst() {
    known("a");
    known("b");
    known("c");
    cache.find(key("a"));
    known("d");
    cache.trim(0);
    assertThat(cache.size()).isEqualTo(3);
    assertThat(cache.find(key("b"))).isNull();
    assertThat(cache.find(key("a"))).isNotNull();
  }

  @Test
  void isBoundedInBytes() {
    cache.loaded(cache.start(key("a")), instance("a", 1, "x".repeat(3_000)));
    known("b");
    assertThat(cache.bytes()).isGreaterThan(9_000);
    cache.loaded(cache.start(key("c")), instance("c", 1, "x".repeat(1_000)));
    cache.trim(0);
    assertThat(cache.bytes()).isLessThanOrEqualTo(10_000);
    assertThat(cache.find(key("a"))).isNull();
    assertThat(cache.size()).isEqualTo(2);
  }

  @Test
  void countsBytesBackToNothing() {
    InstanceCache.Entry entry = cache.start(key("a"));
    cache.loaded(entry, instance("a", 1, "x"));
    cache.decided(entry, instance("a", 2, "x".repeat(100)), 1);
    cache.forget(entry);
    assertThat(cache.bytes()).isZero();
    assertThat(cache.size()).isZero();
  }

  @Test
  void neverForgetsWhatIsNotCommitted() {
    InstanceCache.Entry moved = known("a");
    cache.decided(moved, instance("a", 2, ""), 7);
    cache.start(key("loading"));
    for (int i = 0; i < 5; i++) {
      known("k" + i);
    }
    cache.trim(6);
    assertThat(cache.find(key("a"))).isSameAs(moved);
    assertThat(cache.find(key("loading"))).isNotNull();
    assertThat(cache.size()).isEqualTo(3);
    known("x");
    known("y");
    known("z");
    cache.trim(7);
    assertThat(cache.find(key("a"))).as("committed with batch 7").isNull();
  }

  @Test
  void knowsWhichVersionIsStoredBelowABatch() {
    InstanceCache.Entry entry = known("a");
    cache.decided(entry, instance("a", 2, ""), 1);
    cache.decided(entry, instance("a", 3, ""), 1);
    assertThat(entry.storedVersion()).isEqualTo(1);
    cache.decided(entry, instance("a", 4, ""), 2);
    assertThat(entry.storedVersion()).isEqualTo(3);
  }

  @Test
  void isCertainOfARowForThoseWhoWaitedWhenItWasAskedFor() {
    var rows = new InstanceCache(3, 10_000, _ -> true);
    InstanceCache.Entry entry = rows.start(key("a"));
    entry.waiting().add(read("a"));
    entry.waiting().add(read("a"));
    entry.asked();
    entry.waiting().add(read("a"));
    rows.loaded(entry, instance("a", 1, ""));
    entry.waiting().clear();
    assertThat(entry.begin(1)).as("it came before the row was asked for").isTrue();
    assertThat(entry.begin(1)).as("so did that").isTrue();
    assertThat(entry.begin(1)).as("it came later").isFalse();
    rows.decided(entry, instance("a", 2, ""), 1);
    assertThat(entry.begin(1)).as("the commit of batch 1 will compare the row").isTrue();
    assertThat(entry.begin(2)).as("it may have done so before the request came").isFalse();
  }

  @Test
  void isAlwaysCertainOfWhatNobodyElseChanges() {
    assertThat(known("a").begin(1)).isTrue();
  }

  @Test
  void remembersRowsButNotThatTheyWereJustRead() {
    var rows = new InstanceCache(3, 10_000, _ -> true);
    InstanceCache.Entry entry = rows.start(key("a"));
    entry.waiting().add(read("a"));
    entry.asked();
    rows.loaded(entry, instance("a", 1, ""));
    assertThat(rows.rollback(0)).hasSize(1);
    assertThat(rows.find(key("a"))).isSameAs(entry);
    assertThat(entry.begin(1)).isFalse();
    rows.reading(entry);
    assertThat(entry.loading()).isTrue();
    rows.trim(0);
    assertThat(rows.find(key("a"))).isSameAs(entry);
  }

  @Test
  void showsAnInstanceUntilItChangesOrIsForgotten() {
    InstanceCache.Entry entry = cache.start(key("a"));
    Instance first = instance("a", 1, "");
    cache.loaded(entry, first);
    assertThat(cache.shown(key("a"))).as("nobody has read it yet").isNull();
    cache.show(entry);
    assertThat(cache.shown(key("a"))).isSameAs(first);
    Instance second = instance("a", 2, "");
    cache.decided(entry, second, 1);
    assertThat(cache.shown(key("a"))).isNull();
    cache.show(entry);
    assertThat(cache.shown(key("a"))).isSameAs(second);
    cache.rollback(0);
    assertThat(cache.shown(key("a"))).isNull();
  }

  @Test
  void showsNothingThatItForgetsToMakeRoomOrAtAll() {
    for (String name : List.of("a", "b", "c", "d")) {
      cache.show(known(name));
    }
    cache.trim(0);
    assertThat(cache.shown(key("a"))).isNull();
    assertThat(cache.shown(key("d"))).isNotNull();
    cache.forget(key("d")::equals);
    assertThat(cache.shown(key("d"))).isNull();
    cache.clear();
    assertThat(cache.shown(key("c"))).isNull();
  }

  @Test
  void neverShowsRowsOfUsers() {
    var rows = new InstanceCache(3, 10_000, _ -> true);
    InstanceCache.Entry entry = rows.start(key("a"));
    Instance row = instance("a", 1, "");
    rows.loaded(entry, row);
    rows.show(entry);
    assertThat(rows.shown(key("a"))).isNull();
  }

  private static Submission.OfInstance read(String name) {
    return new Submission.Turn(key(name));
  }

  private InstanceCache.Entry known(String name) {
    InstanceCache.Entry entry = cache.start(key(name));
    cache.loaded(entry, instance(name, 1, ""));
    return entry;
  }

  private static Key key(String name) {
    return new Key("m", name);
  }

  private static Instance instance(String name, long version, String text) {
    Value value = Value.of(Json.object(java.util.Map.of("text", Json.string(text))));
    return new Instance(key(name), "s", value, version, "hash", 1, 1, 1, 0);
  }
}
