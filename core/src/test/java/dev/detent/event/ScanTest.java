// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Offset;
import dev.detent.RefusedException;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScanTest {
  private static final int PARTITIONS = 4;
  private static final long LONG_MS = 60_000;

  @TempDir Path folder;
  private Store store;
  private EventLog log;
  private long time;
  private final Map<Key, Long> versions = new HashMap<>();

  @BeforeEach
  void open() {
    store = SqlStore.sqlite(folder.resolve("log.db")).partitions(PARTITIONS).open();
    log = new EventLog(store);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void readsNothingFromAnEmptyLog() {
    EventLog.Page page = log.read(null, Cursor.START, 10);

    assertThat(page.events()).isEmpty();
    assertThat(page.next()).isEqualTo(Cursor.START);
  }

  @Test
  void readsEveryEventOnceByTheTimeOfTheEvents() {
    for (int i = 0; i < 100; i++) {
      append("m", "k" + i % 7, 1);
    }

    for (int limit : List.of(1, 3, 17, 1000)) {
      List<EventRow> all = readAll(null, limit);
      assertThat(all).hasSize(100).extracting(EventRow::at).isSorted();
      assertThat(all).extracting(EventRow::offset).doesNotHaveDuplicates();
    }
  }

  @Test
  void keepsNoPartitionWaitingForAnother() {
    append("m", "calm", 1);
    append("m", "busy", 2000);
    append("m", "calm", 1);
    assertThat(new Key("m", "calm").partition(PARTITIONS))
        .isNotEqualTo(new Key("m", "busy").partition(PARTITIONS));

    List<EventRow> all = readAll(null, 50);
    assertThat(all).hasSize(2002);
    assertThat(all.getFirst().key().key()).isEqualTo("calm");
    assertThat(all.getLast().key().key()).isEqualTo("calm");
  }

  @Test
  void givesTheCursorAfterEachEvent() {
    for (int i = 0; i < 20; i++) {
      append("m", "k" + i, 1);
    }

    EventLog.Page page = log.read(null, Cursor.START, 20);
    assertThat(page.cursors()).hasSize(20);
    assertThat(page.cursors().getLast()).isEqualTo(page.next());
    for (int i = 0; i < 20; i++) {
      List<EventRow> rest = log.read(null, page.cursors().get(i), 20).events();
      assertThat(rest).isEqualTo(page.events().subList(i + 1, 20));
    }
  }

  @Test
  void passesOtherMachinesInBoundedSteps() {
    append("other", "k", 5000);
    append("m", "k", 2);

    EventLog.Page first = log.read("m", Cursor.START, 10);
    assertThat(first.events()).isEmpty();
    assertThat(first.next()).isNotEqualTo(Cursor.START);
    assertThat(readAll("m", 10)).extracting(EventRow::version).containsExactly(1L, 2L);
  }

  @Test
  void refusesACursorBeyondItsEnd() {
    append("m", "a", 1);

    for (Cursor cursor : List.of(Cursor.START.with(0, 99), Cursor.START.with(PARTITIONS, 1))) {
      var e = catchThrowableOfType(RefusedException.class, () -> log.read(null, cursor, 10));
      assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST);
    }
  }

  @Test
  void knowsWithoutWaitingWhatWasStoredBeforeItWasMade() throws InterruptedException {
    append("m", "a", 1);

    assertThat(new EventLog(store).await(Cursor.START, 0)).isTrue();
  }

  @Test
  void endsWaitingWhenTheTimeIsOver() throws InterruptedException {
    assertThat(log.await(Cursor.START, 1)).isFalse();
    log.advanced(0, 1);
    assertThat(log.await(Cursor.START.with(0, 1), 1)).isFalse();
  }

  @Test
  void wakesEverybodyWhoWaits() throws Exception {
    var woken = new ConcurrentLinkedQueue<Boolean>();
    var begun = new CountDownLatch(20);
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < 20; i++) {
      threads.add(
          Thread.startVirtualThread(() -> {
            begun.countDown();
            woken.add(awaited(Cursor.START));
          }));
    }
    begun.await();

    log.advanced(2, 1);

    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(woken).hasSize(20).containsOnly(true);
  }

  @Test
  void losesNoWakeUpBetweenReadingAndWaiting() throws Exception {
    int events = 300;
    var reader =
        new FutureTask<>(() -> {
          var seen = new ArrayList<Long>();
          Cursor cursor = Cursor.START;
          while (seen.size() < events && log.await(cursor, LONG_MS)) {
            EventLog.Page page = log.read(null, cursor, 10);
            page.events().forEach(event -> seen.add(event.version()));
            cursor = page.next();
          }
          return seen;
        });
    Thread.ofVirtual().start(reader);
    for (int i = 0; i < events; i++) {
      int partition = append("m", "hot", 1);
      log.advanced(partition, i + 1);
    }

    assertThat(reader.get()).hasSize(events).isSorted().doesNotHaveDuplicates();
  }

  private boolean awaited(Cursor cursor) {
    try {
      return log.await(cursor, LONG_MS);
    } catch (InterruptedException e) {
      return false;
    }
  }

  private List<EventRow> readAll(String machine, int limit) {
    var all = new ArrayList<EventRow>();
    Cursor cursor = Cursor.START;
    for (EventLog.Page page = log.read(machine, cursor, limit);
        !page.next().equals(cursor);
        page = log.read(machine, cursor, limit)) {
      assertThat(page.events()).hasSizeLessThanOrEqualTo(limit);
      all.addAll(page.events());
      cursor = page.next();
    }
    return all;
  }

  private int append(String machine, String name, int count) {
    var key = new Key(machine, name);
    PartitionRow row = store.partitionRows().get(key.partition(PARTITIONS));
    long before = versions.getOrDefault(key, 0L);
    var events = new ArrayList<EventRow>();
    for (int i = 1; i <= count; i++) {
      var offset = new Offset(row.partition(), row.lastOffset() + i);
      events.add(
          new EventRow(
              offset, key, before + i, "go", "a", "b", "null", ++time, "command", false, null));
    }
    versions.put(key, before + count);
    var instance =
        new InstanceRow(key, row.partition(), "b", "{}", before + count, "h", 1, 1, 1, 0, null);
    var fence = new Fence(row.partition(), row.epoch(), row.seq(), row.lastOffset(), count);
    store.commit(
        new Batch(
            name + time,
            List.of(fence),
            List.of(new InstanceWrite(instance, before)),
            events,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of()));
    return row.partition();
  }
}
