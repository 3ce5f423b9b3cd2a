// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import dev.detent.DetentException;
import dev.detent.Offset;
import dev.detent.codec.ProblemText;
import dev.detent.store.ConsumerRow;
import dev.detent.store.Consuming;
import dev.detent.store.CursorRow;
import dev.detent.store.StoreException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Reads events in this process, under a name that it may share with other processes: they divide
/// the partitions among them, and each partition is read by one at a time.
///
/// **Guarantees**: events of an instance come in order, none is skipped. See [ConsumerBuilder] for
/// how often one may come.
///
/// **Threads**: safe for any number of threads.
public final class Consumer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Consumer.class.getName());
  private static final long CLOSE_MS = 5_000;

  private final Worker worker;
  private final Reading reading;
  private final Map<Integer, Reader> readers = new ConcurrentHashMap<>();
  private final Set<Reader> alive = new HashSet<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private volatile State state = State.RUNNING;
  private volatile boolean opened;
  private volatile @Nullable DetentException failure;

  /// Says what a consumer is doing in this process.
  public enum State {
    /// It reads, or waits for events, for its turn, or to be resumed.
    RUNNING,
    /// It has come to the head as it was at the start, or as near as it could.
    ENDED,
    /// It was closed, or removed by somebody.
    CLOSED
  }

  Consumer(Options options, Worker worker) {
    this.worker = worker;
    this.reading = new Reading(options, worker, this);
  }

  /// Makes its cursors if it is new, and begins.
  void start() {
    worker.enter(this);
    try {
      open();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    worker.look();
  }

  private void open() {
    Options options = reading.options();
    int partitions = worker.store().partitions();
    long[] starts = options.start().get().offsets(partitions);
    var offsets = new HashMap<Integer, Long>();
    for (int partition = 0; partition < partitions; partition++) {
      offsets.put(partition, starts[partition]);
    }
    worker.store().cursors().open(options.selection().row(options.name()), offsets);
    Cursor heads = worker.log().end();
    if (options.toHead()) {
      reading.endAt(heads);
    }
    opened = true;
  }

  /// Returns its name.
  public String name() {
    return reading.options().name();
  }

  /// Returns what it is doing in this process; [Consumers#find] tells where it stands in all.
  public State state() {
    return state;
  }

  /// Waits until it has come to the head, or is closed.
  ///
  /// @throws DetentException HANDLER_FAILED if it had to stop before the head somewhere
  /// @throws InterruptedException if the thread is interrupted meanwhile
  public void await() throws InterruptedException {
    end.await();
    throwFailure();
  }

  /// Waits until it has come to the head, or is closed, or the time is over.
  ///
  /// @return whether it has ended
  /// @throws DetentException HANDLER_FAILED if it had to stop before the head somewhere
  /// @throws InterruptedException if the thread is interrupted meanwhile
  public boolean await(Duration limit) throws InterruptedException {
    boolean ended = end.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    throwFailure();
    return ended;
  }

  private void throwFailure() {
    DetentException thrown = failure;
    if (thrown != null) {
      throw DetentException.of(thrown.problem(), thrown);
    }
  }

  /// Begins no more events, waits up to 5 s for those under way, and leaves its partitions to
  /// others. Its place is kept under its name.
  @Override
  public void close() {
    close(State.CLOSED);
  }

  private void close(State last) {
    halt(last);
    finish(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_MS));
  }

  /// Begins nothing more. Returns at once.
  void halt(State last) {
    synchronized (this) {
      if (state == State.RUNNING) {
        state = last;
      }
    }
    readers.values().forEach(Reader::stop);
  }

  /// Waits for what is under way, and goes.
  void finish(long deadlineNanos) {
    try {
      awaitReaders(deadlineNanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    worker.forget(this);
    end.countDown();
  }

  private void awaitReaders(long deadlineNanos) throws InterruptedException {
    synchronized (alive) {
      long left = deadlineNanos - System.nanoTime();
      while (!alive.stream().allMatch(Reader::isHere) && left > 0) {
        TimeUnit.NANOSECONDS.timedWait(alive, left);
        left = deadlineNanos - System.nanoTime();
      }
    }
  }

  /// Tells whether its cursors are there.
  boolean isReady() {
    return opened;
  }

  Options options() {
    return reading.options();
  }

  /// Hears that a partition has grown. Returns at once.
  void raise(int partition) {
    Reader reader = readers.get(partition);
    if (reader != null) {
      reader.raise();
    }
  }

  /// Has all readers look again. Returns at once.
  void raise() {
    readers.values().forEach(Reader::raise);
  }

  /// Hears what the store says of all who run it. Called by the worker's thread only.
  void seen(Consuming seen) {
    if (state != State.RUNNING) {
      return;
    }
    ConsumerRow row = seen.consumers().get(name());
    if (row == null) {
      LOG.log(System.Logger.Level.WARNING, "consumer {0} was removed; it ends here", name());
      leave(State.CLOSED);
      return;
    }
    List<CursorRow> cursors =
        seen.cursors().stream().filter(one -> one.consumer().equals(name())).toList();
    drop(cursors);
    if (isDone(cursors)) {
      leave(State.ENDED);
    } else if (!row.paused()) {
      share(seen, cursors);
    }
    Set<Offset> wanted = seen.wanted().getOrDefault(name(), Set.of());
    readers.values().forEach(reader -> reader.want(of(reader.partition(), wanted)));
  }

  private static Set<Offset> of(int partition, Set<Offset> wanted) {
    return wanted.isEmpty()
        ? wanted
        : Set.copyOf(wanted.stream().filter(at -> at.partition() == partition).toList());
  }

  /// Ends without keeping the worker's thread waiting.
  private void leave(State last) {
    Thread.ofVirtual().name("detent-consumer-" + name()).start(() -> close(last));
  }

  /// Stops the readers of cursors that are this worker's no more.
  private void drop(List<CursorRow> cursors) {
    for (CursorRow row : cursors) {
      Reader reader = readers.get(row.partition());
      boolean mine = reader != null && worker.id().equals(row.owner());
      if (reader != null && !(mine && reader.epoch() == row.epoch())) {
        reader.stop();
      }
    }
  }

  private boolean isDone(List<CursorRow> cursors) {
    if (!reading.options().toHead() || !cursors.stream().noneMatch(this::isOpen)) {
      return false;
    }
    for (CursorRow row : cursors) {
      String trouble = row.trouble();
      if (row.stopped() && trouble != null && row.offset() < reading.end(row.partition())) {
        failure = ProblemText.read(trouble).exception();
      }
    }
    return true;
  }

  private boolean isOpen(CursorRow row) {
    return !row.stopped() && row.offset() < reading.end(row.partition());
  }

  private void share(Consuming seen, List<CursorRow> cursors) {
    List<CursorRow> open = cursors.stream().filter(this::isOpen).toList();
    Share share = Share.of(worker.id(), name(), seen, open, Set.copyOf(readers.keySet()));
    readers.values().stream()
        .sorted(Comparator.comparingInt(Reader::partition).reversed())
        .limit(share.give())
        .forEach(Reader::stop);
    if (!share.take().isEmpty()) {
      worker.store().cursors().acquire(name(), worker.id(), share.take()).forEach(this::read);
    }
  }

  private void read(CursorRow held) {
    var reader = new Reader(reading, held);
    synchronized (alive) {
      alive.add(reader);
    }
    readers.put(held.partition(), reader);
    if (state != State.RUNNING) {
      reader.stop();
    }
    Thread.ofVirtual().name("detent-consumer-" + name() + "-" + held.partition()).start(reader);
  }

  /// Hears that a reader has ended; its cursor is free for others.
  void ended(Reader reader, CursorRow held) {
    try {
      worker.store().cursors().release(List.of(held));
    } catch (StoreException e) {
      LOG.log(System.Logger.Level.DEBUG, "a cursor was not given up: {0}", e.getMessage());
    } finally {
      readers.remove(held.partition(), reader);
      synchronized (alive) {
        alive.remove(reader);
        alive.notifyAll();
      }
      if (state == State.RUNNING) {
        worker.look();
      }
    }
  }
}
