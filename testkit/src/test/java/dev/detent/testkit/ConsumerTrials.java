// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Offset;
import dev.detent.RefusedException;
import dev.detent.event.Consumer;
import dev.detent.event.ConsumerBuilder;
import dev.detent.event.ConsumerView;
import dev.detent.event.Consumers;
import dev.detent.event.Cursor;
import dev.detent.event.DeadLetter;
import dev.detent.event.Event;
import dev.detent.event.EventLog;
import dev.detent.event.OnFailure;
import dev.detent.handler.RetryPolicy;
import dev.detent.store.Store;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Tests consumers on a real database, without an engine.
abstract class ConsumerTrials {
  static final int PARTITIONS = 4;
  static final Key A = new Key("m", "a");
  private static final RetryPolicy AT_ONCE =
      RetryPolicy.of(3).pauses(Duration.ofMillis(1), Duration.ofMillis(1));

  /// Outlasts any standstill of the machine: who loses its lease would see events twice.
  private static final Duration NEVER_LOST = Duration.ofMinutes(1);

  final BlockingQueue<Event> seen = new LinkedBlockingQueue<>();
  private final List<Consumers> opened = new ArrayList<>();
  Store store;

  /// Opens the store of the current test.
  abstract Store open(int partitions);

  /// Returns a connection of the database's own, or of the store's.
  abstract Connection connect() throws SQLException;

  @BeforeEach
  void openStore() throws SQLException {
    store = open(PARTITIONS);
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("create table mine (name varchar(40), version bigint)");
    }
  }

  @AfterEach
  void closeStore() {
    opened.forEach(Consumers::close);
    store.close();
  }

  @Test
  void bringsEveryEventOfAKeyInOrder() throws Exception {
    commit(A, 0, 250);
    Consumer consumer = reading("all").batch(7).start();
    commit(A, 250, 250);
    commit(new Key("m", "b"), 0, 10);

    List<Event> events = take(510);
    assertThat(events.stream().filter(e -> e.key().equals("a")).map(Event::version).toList())
        .containsExactlyElementsOf(versions(1, 500));
    assertThat(events.getFirst().machine()).isEqualTo("m");
    assertThat(events.getFirst().as(Integer.class)).isEqualTo(1);
    assertThat(consumer.state()).isEqualTo(Consumer.State.RUNNING);
    consumer.close();
    assertThat(consumer.state()).isEqualTo(Consumer.State.CLOSED);
    assertThat(seen).isEmpty();
  }

  @Test
  void goesOnWhereItWas() throws Exception {
    commit(A, 0, 5);
    Consumer first = reading("all").start();
    assertThat(take(5)).hasSize(5);
    first.close();
    commit(A, 5, 2);
    reading("all").start();

    assertThat(take(2)).extracting(Event::version).containsExactly(6L, 7L);
  }

  @Test
  void wantsOnlyWhatItAskedFor() throws Exception {
    commit(A, 0, 3);
    commit(new Key("n", "a"), 0, 3);
    reading("some").of("n").types("s1", "s3").start();

    assertThat(take(2)).extracting(Event::to).containsExactly("s1", "s3");
    ConsumerView view = view("some");
    assertThat(view.machines()).containsExactly("n");
    assertThat(view.states()).containsExactly("s1", "s3");
  }

  @Test
  void beginsWhereItIsTold() throws Exception {
    commit(A, 0, 3);
    reading("late").fromNow().start();
    commit(A, 3, 1);
    assertThat(take(1)).extracting(Event::version).containsExactly(4L);

    reading("past").from(Instant.ofEpochMilli(7)).start();
    assertThat(take(4)).hasSize(4);
    reading("future").from(Instant.ofEpochMilli(8)).start();
    commit(A, 4, 1);
    assertThat(take(3)).extracting(Event::version).containsExactly(5L, 5L, 5L);
  }

  @Test
  void endsAtTheHead() throws Exception {
    commit(A, 0, 20);
    commit(new Key("n", "x"), 0, 20);
    var late = new AtomicBoolean();
    Consumer job =
        consumers()
            .consumer("job")
            .toHead()
            .batch(3)
            .handle(event -> {
              seen.add(event);
              if (late.compareAndSet(false, true)) {
                commit(A, 20, 5);
              }
            })
            .start();
    assertThat(job.await(Duration.ofSeconds(60))).isTrue();

    assertThat(job.state()).isEqualTo(Consumer.State.ENDED);
    assertThat(seen).hasSize(40);
    Consumer again = reading("job").toHead().start();
    assertThat(again.await(Duration.ofSeconds(60))).isTrue();
    assertThat(seen).hasSize(45);
    assertThat(view("job").lag()).isZero();
    Consumer idle = reading("job").of("nothing").toHead().start();
    assertThat(idle.await(Duration.ofSeconds(60))).isTrue();
  }

  @Test
  void writesExactlyOnceWithItsPlace() throws Exception {
    commit(A, 0, 100);
    var first = new AtomicBoolean(true);
    Consumer job =
        consumers()
            .consumer("writer")
            .toHead()
            .batch(10)
            .retry(AT_ONCE)
            .handle((event, tx) -> {
              insert(tx, event);
              if (event.version() == 47 && first.compareAndSet(true, false)) {
                throw new IllegalStateException("once");
              }
            })
            .start();
    job.await();

    assertThat(written()).containsExactlyElementsOf(versions(1, 100));
  }

  @Test
  void isolatesTheEventThatFails() throws Exception {
    commit(A, 0, 10);
    var calls = new ConcurrentHashMap<Long, Integer>();
    Consumer job =
        consumers()
            .consumer("plain")
            .toHead()
            .retry(AT_ONCE)
            .onFailure(OnFailure.SKIP)
            .handle(event -> {
              calls.merge(event.version(), 1, Integer::sum);
              if (event.version() == 6) {
                throw new IllegalStateException("no sixth");
              }
            })
            .start();
    job.await();

    assertThat(calls).hasSize(10);
    calls.forEach((version, count) -> assertThat(count).isEqualTo(version == 6 ? 3 : 1));
  }

  @Test
  void stopsLoudlyAndGoesOnWhenItIsResumed() throws Exception {
    commit(A, 0, 10);
    var mended = new AtomicBoolean();
    Consumers consumers = consumers();
    Consumer job =
        consumers
            .consumer("strict")
            .toHead()
            .retry(AT_ONCE)
            .handle((event, tx) -> {
              insert(tx, event);
              if (event.version() == 4 && !mended.get()) {
                throw new IllegalStateException("no fourth");
              }
            })
            .start();
    DetentException failed = catchThrowableOfType(DetentException.class, job::await);

    assertThat(failed.code()).isEqualTo(ErrorCode.HANDLER_FAILED);
    assertThat(failed).hasMessageContaining("no fourth");
    assertThat(written()).containsExactly(1L, 2L, 3L);
    ConsumerView.Place place = view("strict").partitions().get(A.partition(PARTITIONS));
    assertThat(place.stopped()).isTrue();
    assertThat(place.offset()).isEqualTo(3);
    assertThat(place.attempt()).isEqualTo(3);
    assertThat(place.trouble()).isNotNull();
    assertThat(view("strict").stopped()).isTrue();

    mended.set(true);
    consumers.resume("strict");
    consumers.consumer("strict").toHead().handle((e, tx) -> insert(tx, e)).start().await();
    assertThat(written()).containsExactlyElementsOf(versions(1, 10));
    assertThat(view("strict").stopped()).isFalse();
  }

  @Test
  void commitsWhatASlowHandlerHasDoneBeforeItGoesOn() throws Exception {
    commit(A, 0, 4);
    var seenByOthers = new ArrayList<List<Long>>();
    var broken = new AtomicBoolean(true);
    Consumer job =
        consumers()
            .consumer("slow")
            .toHead()
            .retry(AT_ONCE)
            .handle((event, tx) -> {
              seenByOthers.add(written());
              insert(tx, event);
              spin(Duration.ofMillis(25));
              if (event.version() == 3 && broken.getAndSet(false)) {
                throw new IllegalStateException("once");
              }
            })
            .start();
    job.await();

    assertThat(seenByOthers)
        .containsExactly(
            List.of(), List.of(1L), List.of(1L, 2L), List.of(1L, 2L), List.of(1L, 2L, 3L));
    assertThat(written()).containsExactly(1L, 2L, 3L, 4L);
  }

  /// Takes its time, as a handler does that has much to do.
  private static void spin(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  @Test
  void keepsWhatItSkippedAndTriesItAgainWhenAsked() throws Exception {
    commit(A, 0, 5);
    var broken = new AtomicBoolean(true);
    Consumers consumers = consumers();
    consumers
        .consumer("lenient")
        .batch(1)
        .retry(AT_ONCE)
        .onFailure(OnFailure.SKIP)
        .handle((event, tx) -> {
          insert(tx, event);
          if (event.version() % 2 == 0 && broken.get()) {
            throw new IllegalStateException("odd ones only");
          }
          seen.add(event);
        })
        .start();
    assertThat(take(3)).extracting(Event::version).containsExactly(1L, 3L, 5L);

    Offset second = new Offset(A.partition(PARTITIONS), 2);
    List<DeadLetter> letters = consumers.deadLetters("lenient", null, 10);
    assertThat(letters).extracting(l -> l.event().version()).containsExactly(2L, 4L);
    assertThat(letters.getFirst().attempts()).isEqualTo(3);
    assertThat(letters.getFirst().event().offset()).isEqualTo(second);
    assertThat(letters.getFirst().problem().detail()).contains("odd ones only");
    broken.set(false);
    consumers.retry("lenient", second);
    assertThat(take(1)).extracting(Event::version).containsExactly(2L);
    consumers.discard("lenient", new Offset(second.partition(), 4));
    broken.set(true);

    assertRefused("dead-letter", () -> consumers.retry("lenient", new Offset(0, 99)));
    assertThat(consumers.deadLetters("lenient", second, 10)).isEmpty();
    eventually(() -> consumers.deadLetters("lenient", null, 10).isEmpty());
    assertThat(written()).containsExactly(1L, 2L, 3L, 5L);
  }

  @Test
  void keepsALetterThatFailsAgain() throws Exception {
    commit(A, 0, 1);
    var calls = new LinkedBlockingQueue<Long>();
    Consumers consumers = consumers();
    consumers
        .consumer("lenient")
        .attemptsMax(1)
        .onFailure(OnFailure.SKIP)
        .handle(event -> {
          calls.add(event.version());
          throw new IllegalStateException("never");
        })
        .start();
    assertThat(calls.poll(60, TimeUnit.SECONDS)).isEqualTo(1);
    eventually(() -> view("lenient").deadLetters() == 1);
    consumers.retry("lenient", new Offset(A.partition(PARTITIONS), 1));
    assertThat(calls.poll(60, TimeUnit.SECONDS)).isEqualTo(1);
    eventually(() -> consumers.deadLetters("lenient", null, 1).getFirst().attempts() == 2);
    assertThat(consumers.deadLetters("lenient", null, 1).getFirst().retrying()).isFalse();
  }

  @Test
  void pausesResumesAndResetsInEveryProcess() throws Exception {
    commit(A, 0, 3);
    Consumers elsewhere = consumers();
    reading("all").start();
    assertThat(take(3)).hasSize(3);

    elsewhere.pause("all");
    assertThat(view("all").paused()).isTrue();
    commit(A, 3, 1);
    elsewhere.reset("all", new Offset(A.partition(PARTITIONS), 1));
    assertThat(view("all").running()).isFalse();
    elsewhere.resume("all");
    assertThat(take(3)).extracting(Event::version).containsExactly(2L, 3L, 4L);

    elsewhere.reset("all", Cursor.START);
    assertThat(take(4)).extracting(Event::version).containsExactly(1L, 2L, 3L, 4L);
    elsewhere.reset("all", new EventLog(store).before(Instant.ofEpochMilli(8)));
    commit(A, 4, 1);
    assertThat(take(1)).extracting(Event::version).containsExactly(5L);
  }

  @Test
  void endsWhereItIsRemoved() throws Exception {
    commit(A, 0, 1);
    Consumers consumers = consumers();
    Consumer consumer = reading("gone").start();
    take(1);
    consumers.remove("gone");

    eventually(() -> consumer.state() == Consumer.State.CLOSED);
    consumer.await();
    assertThat(consumers.all()).isEmpty();
    reading("gone").start();
    assertThat(take(1)).hasSize(1);
  }

  @Test
  void sharesThePartitionsAmongProcessesWithoutOverlap() throws Exception {
    List<Key> keys =
        java.util.stream.IntStream.range(0, 40).mapToObj(i -> new Key("m", "k" + i)).toList();
    keys.forEach(key -> commit(key, 0, 5));
    var busy = ConcurrentHashMap.<Integer>newKeySet();
    var overlaps = new AtomicInteger();
    var owners = new ConcurrentHashMap<String, Set<Integer>>();
    for (String process : List.of("one", "two")) {
      consumers(NEVER_LOST)
          .consumer("shared")
          .batch(1)
          .handle(event -> {
            int partition = event.offset().partition();
            overlaps.addAndGet(busy.add(partition) ? 0 : 1);
            owners.computeIfAbsent(process, p -> ConcurrentHashMap.newKeySet()).add(partition);
            seen.add(event);
            busy.remove(partition);
          })
          .start();
      eventually(() -> view("shared").partitions().stream().allMatch(p -> p.owner() != null));
    }
    eventually(() -> owners().values().stream().allMatch(n -> n == 2L) && owners().size() == 2);
    keys.forEach(key -> commit(key, 5, 5));

    assertThat(take(400)).extracting(Event::offset).doesNotHaveDuplicates();
    assertThat(overlaps.get()).isZero();
    opened.getFirst().close();
    eventually(() -> owners().values().stream().allMatch(n -> n == 4L));
    keys.forEach(key -> commit(key, 10, 1));
    assertThat(take(40)).extracting(Event::offset).doesNotHaveDuplicates();
    assertThat(overlaps.get()).isZero();
  }

  private Map<String, Long> owners() {
    return view("shared").partitions().stream()
        .collect(
            java.util.stream.Collectors.groupingBy(
                p -> String.valueOf(p.owner()), java.util.stream.Collectors.counting()));
  }

  Consumers consumers() {
    return consumers(Duration.ofSeconds(2));
  }

  private Consumers consumers(Duration lease) {
    Consumers consumers = Consumers.of(store, lease);
    opened.add(consumers);
    return consumers;
  }

  private ConsumerBuilder reading(String name) {
    return consumers().consumer(name).poll(Duration.ofMillis(5)).handle(seen::add);
  }

  private ConsumerView view(String name) {
    ConsumerView view = consumers().find(name);
    assertThat(view).isNotNull();
    return view;
  }

  List<Event> take(int count) throws InterruptedException {
    var taken = new ArrayList<Event>();
    for (int i = 0; i < count; i++) {
      Event event = seen.poll(60, TimeUnit.SECONDS);
      assertThat(event).as("event %d of %d", i + 1, count).isNotNull();
      taken.add(event);
    }
    return taken;
  }

  /// Waits for what the store shows in the end; nothing in this process tells when.
  static void eventually(Callable<Boolean> holds) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!holds.call()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
    }
  }

  void commit(Key key, long expected, int count) {
    synchronized (seen) {
      store.commit(BatchBuilder.on(store).moves(key, expected, count).build());
    }
  }

  static void insert(Connection tx, Event event) throws SQLException {
    try (PreparedStatement insert =
        tx.prepareStatement("insert into mine (name, version) values (?, ?)")) {
      insert.setString(1, event.key());
      insert.setLong(2, event.version());
      insert.executeUpdate();
    }
  }

  List<Long> written() throws SQLException {
    var versions = new ArrayList<Long>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select version from mine order by version")) {
      while (rows.next()) {
        versions.add(rows.getLong(1));
      }
    }
    return versions;
  }

  private static List<Long> versions(long from, long to) {
    return java.util.stream.LongStream.rangeClosed(from, to).boxed().toList();
  }

  private static void assertRefused(String what, Runnable call) {
    RefusedException refused = catchThrowableOfType(RefusedException.class, call::run);
    assertThat(refused).isNotNull();
    assertThat(refused.problem().members()).containsEntry("what", what);
  }
}
