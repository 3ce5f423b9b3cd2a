// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.Key;
import dev.detent.Offset;
import dev.detent.event.TimelineReader.Entry;
import dev.detent.sql.SqlStore;
import dev.detent.store.Batch;
import dev.detent.store.EventRow;
import dev.detent.store.Fence;
import dev.detent.store.InstanceRow;
import dev.detent.store.InstanceWrite;
import dev.detent.store.PartitionRow;
import dev.detent.store.Store;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimelineTest {
  private static final int PARTITIONS = 4;
  private static final String MACHINE = "m";

  @TempDir Path folder;
  private Store store;
  private int batches;

  @BeforeEach
  void open() {
    store = SqlStore.sqlite(folder.resolve("log.db")).partitions(PARTITIONS).open();
  }

  @AfterEach
  void close() {
    store.close();
  }

  /// Returns what a process that has just started makes of the store.
  private Timeline started() {
    return new EventLog(store).timeline();
  }

  @Test
  void hasNothingToShowInAnEmptyStore() {
    assertThat(started().after(null, Place.FIRST).next(10)).isEmpty();
    assertThat(store.cursors().stretches().last()).isNull();
    Place end = started().end();
    append(2, 5);
    assertThat(started().after(MACHINE, end).next(10)).hasSize(1);
  }

  @Test
  void givesEventsTheOrderOfTheirTimesAndPlacesThatSayThem() {
    append(3, 5);
    append(0, 7);
    append(1, 6);

    List<Entry> read = started().after(null, Place.FIRST).next(10);

    assertThat(read).extracting(entry -> entry.event().at()).containsExactly(5L, 6L, 7L);
    assertThat(read).extracting(entry -> entry.place().at()).containsExactly(5L, 6L, 7L);
  }

  @Test
  void showsAnEventThatIsCommittedLateAfterWhatWasRead() {
    append(3, 5);
    append(0, 9);
    Place seen = last(started().after(MACHINE, Place.FIRST).next(10));

    append(1, 6);
    append(1, 12);

    List<Entry> late = started().after(MACHINE, seen).next(10);
    assertThat(late).extracting(entry -> entry.event().at()).containsExactly(6L, 12L);
    assertThat(late).extracting(entry -> entry.place().at()).containsExactly(10L, 12L);
    assertThat(started().after(MACHINE, last(late)).next(10)).isEmpty();
  }

  @Test
  void beginsNoNewStretchWhileNothingIsLate() {
    for (int i = 0; i < 50; i++) {
      append(i % PARTITIONS, 100 + i);
      started().end();
    }

    assertThat(store.cursors().stretches().from(0)).hasSize(1);
  }

  @Test
  void leavesOutWhatIsBeforeAPlaceThatIsYetToCome() {
    append(0, 5);
    TimelineReader reader = started().after(MACHINE, new Place(50, 0));
    assertThat(reader.next(10)).isEmpty();
    append(1, 20);
    append(2, 60);

    assertThat(reader.next(10)).extracting(entry -> entry.event().at()).containsExactly(60L);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void showsEveryEventOnceWhoeverGoesOnAfterAnyOfThem(long seed) {
    var random = new Random(seed);
    long[] times = new long[PARTITIONS];
    var seen = new ArrayList<Entry>();
    Place place = Place.FIRST;
    for (int i = 0; i < 150; i++) {
      int partition = random.nextInt(PARTITIONS);
      times[partition] = Math.max(times[partition], i / 3 - random.nextInt(8));
      append(partition, times[partition]);
      if (random.nextInt(3) == 0) {
        List<Entry> read = started().after(MACHINE, place).next(1 + random.nextInt(4));
        seen.addAll(read);
        place = read.isEmpty() ? place : last(read);
      }
    }
    seen.addAll(all(started(), place, 7));

    assertThat(seen).extracting(Entry::place).isSorted().doesNotHaveDuplicates();
    assertThat(seen).hasSize(150);
    assertThat(all(started(), Place.FIRST, 3)).isEqualTo(seen);
    for (int i = 0; i < seen.size(); i++) {
      assertThat(all(started(), seen.get(i).place(), 100))
          .isEqualTo(seen.subList(i + 1, seen.size()));
    }
  }

  @Test
  void agreesWithOthersThatReadAtTheSameTime() throws Exception {
    var readers = new ArrayList<FutureTask<List<Entry>>>();
    for (int i = 0; i < 3; i++) {
      var reader =
          new FutureTask<List<Entry>>(() -> {
            var seen = new ArrayList<Entry>();
            while (seen.size() < 300) {
              Place place = seen.isEmpty() ? Place.FIRST : last(seen);
              seen.addAll(started().after(MACHINE, place).next(10));
            }
            return seen;
          });
      readers.add(reader);
      Thread.ofVirtual().start(reader);
    }
    for (int i = 0; i < 300; i++) {
      append(i % PARTITIONS, i % PARTITIONS == 0 ? i : i / 10);
    }

    for (FutureTask<List<Entry>> reader : readers) {
      assertThat(reader.get()).isEqualTo(all(started(), Place.FIRST, 100));
    }
  }

  @Test
  void goesOnWhereEventsWereDropped() {
    var places = new ArrayList<Place>();
    for (int i = 0; i < 20; i++) {
      append(0, i * 2L + 1);
      append(1, i * 2L);
      places.addAll(
          all(started(), i == 0 ? Place.FIRST : places.getLast(), 5).stream()
              .map(Entry::place)
              .toList());
    }
    store.cursors().drop(0, 30, 100);
    store.cursors().drop(1, 30, 100);

    List<Entry> left = all(started(), places.get(3), 5);
    assertThat(left).extracting(Entry::place).isEqualTo(places.subList(30, 40));
    assertThat(all(started(), places.get(34), 5)).isEqualTo(left.subList(5, 10));
    append(0, 100);
    append(1, 1000);
    append(2, 1);
    assertThat(all(started(), places.getLast(), 5)).hasSize(3);
  }

  private static Place last(List<Entry> read) {
    return read.getLast().place();
  }

  private static List<Entry> all(Timeline timeline, Place after, int limit) {
    var all = new ArrayList<Entry>();
    TimelineReader reader = timeline.after(MACHINE, after);
    List<Entry> page;
    do {
      page = reader.next(limit);
      all.addAll(page);
    } while (!page.isEmpty());
    return all;
  }

  private void append(int partition, long at) {
    PartitionRow row = store.partitionRows().get(partition);
    Key key;
    do {
      key = new Key(MACHINE, "k" + ++batches);
    } while (key.partition(PARTITIONS) != partition);
    var event =
        new EventRow(
            new Offset(partition, row.lastOffset() + 1),
            key,
            1,
            "go",
            "a",
            "b",
            "null",
            at,
            "command",
            false,
            null);
    var instance = new InstanceRow(key, partition, "b", "{}", 1, "h", 1, 1, 1, 0, null);
    var fence = new Fence(partition, row.epoch(), row.seq(), row.lastOffset(), 1);
    store.commit(
        new Batch(
            "b" + batches,
            List.of(fence),
            List.of(new InstanceWrite(instance, 0)),
            List.of(event),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of()));
  }
}
