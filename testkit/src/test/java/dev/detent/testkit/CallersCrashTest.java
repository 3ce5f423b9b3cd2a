// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.Key;
import dev.detent.sql.SqlStore;
import dev.detent.store.EventRow;
import dev.detent.store.InstanceRow;
import dev.detent.store.Store;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/// Kills one of several processes that move the same instances in transactions of their own, with
/// no engine anywhere.
class CallersCrashTest {
  private static final int PARTITIONS = 4;

  @Test
  void losesAndDoublesNothingWhenOneOfSeveralProcessesIsKilled() throws Exception {
    String url = LocalPostgres.freshUrl();
    var source = new PGSimpleDataSource();
    source.setUrl(url);
    try (Store store = SqlStore.postgres(source).partitions(PARTITIONS).open();
        var first = CallerProcess.start(url, 1);
        var second = CallerProcess.start(url, 2);
        var victim = CallerProcess.start(url, 3)) {
      List<ChildJvm> all = List.of(first, second, victim);
      for (ChildJvm each : all) {
        each.awaitLines(60);
      }
      victim.kill();
      first.awaitLines(60);
      second.awaitLines(60);
      first.stop();
      second.stop();

      long events = 0;
      for (int partition = 0; partition < PARTITIONS; partition++) {
        events += check(store, partition);
      }
      var moves = new HashSet<String>();
      for (int i = 0; i < CallerProcess.KEYS; i++) {
        check(store, new Key("counter", "k" + i), moves);
      }
      assertThat(moves).hasSize((int) events);
      var acknowledged = new ArrayList<String>();
      for (ChildJvm each : all) {
        acknowledged.addAll(CallerProcess.acknowledged(each));
      }
      assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(300).doesNotHaveDuplicates();
      assertThat(moves).containsAll(acknowledged);
      // Of what it had committed, the killed one could not say the last of each thread.
      assertThat(moves).hasSizeLessThanOrEqualTo(acknowledged.size() + 2 * CallerProcess.THREADS);
    }
  }

  /// Returns how many events the partition has: all that it counts, without gaps.
  private static long check(Store store, int partition) {
    List<EventRow> events = store.events(partition, 0, 1_000_000);
    assertThat(events)
        .extracting(event -> event.offset().offset())
        .isEqualTo(LongStream.rangeClosed(1, events.size()).boxed().toList());
    assertThat(events).extracting(EventRow::at).isSorted();
    assertThat(store.partitionRows().get(partition).lastOffset()).isEqualTo(events.size());
    assertThat(store.partitionRows().get(partition).seq()).isEqualTo(events.size());
    return events.size();
  }

  private static void check(Store store, Key key, HashSet<String> moves) {
    List<EventRow> history = store.history(key, 0, 1_000_000);
    assertThat(history)
        .extracting(EventRow::version)
        .isEqualTo(LongStream.rangeClosed(1, history.size()).boxed().toList());
    String state = "even";
    for (EventRow event : history) {
      assertThat(event.from()).isEqualTo(state);
      state = state.equals("even") ? "odd" : "even";
      assertThat(event.to()).isEqualTo(state);
      moves.add(key.key() + " " + event.version());
    }
    InstanceRow row = store.instances(List.of(key)).getFirst();
    assertThat(row.version()).isEqualTo(history.size());
    assertThat(row.state()).isEqualTo(state);
  }
}
