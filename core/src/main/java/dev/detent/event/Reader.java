// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import dev.detent.Offset;
import dev.detent.store.CursorRow;
import dev.detent.store.DeadLetterRow;
import dev.detent.store.EventRow;
import dev.detent.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Moves a consumer's cursor through one partition, on a thread of its own, for as long as it is
/// this worker's.
///
/// Events that the consumer does not want are passed in memory; the cursor follows at the next
/// event that it wants, after [#PASSED_MAX] of them, or after a second.
///
/// **Threads**: one runs it; any may tell it something.
final class Reader implements Runnable {
  private static final System.Logger LOG = System.getLogger(Consumer.class.getName());
  private static final int PASSED_MAX = 1_000;
  private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Reading with;
  private final int partition;
  private final Delivery delivery;
  private final Chunk chunk;
  private final Signal signal = new Signal();
  private volatile Set<Offset> wanted = Set.of();
  private volatile boolean stopping;
  private volatile @Nullable Thread thread;
  private boolean over;
  private long passed;
  private int careful;
  private int storeFailures;

  Reader(Reading with, CursorRow held) {
    this.with = with;
    this.partition = held.partition();
    this.delivery = new Delivery(with, held);
    this.chunk = new Chunk(with.chunkMax());
    this.passed = held.offset();
  }

  int partition() {
    return partition;
  }

  long epoch() {
    return delivery.held().epoch();
  }

  /// Tells whether the caller is this reader's own thread, in a handler.
  boolean isHere() {
    return Thread.currentThread().equals(thread);
  }

  /// Looks again at what there is to do. Returns at once.
  void raise() {
    signal.raise();
  }

  /// Ends after what is under way. Returns at once.
  void stop() {
    stopping = true;
    signal.raise();
  }

  /// Hears which dead letters are to be tried again.
  void want(Set<Offset> letters) {
    if (!letters.equals(wanted)) {
      wanted = letters;
      signal.raise();
    }
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    try {
      while (!stopping && !over) {
        step();
      }
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "a consumer's thread failed; it begins anew", e);
    } finally {
      leave();
    }
  }

  private void leave() {
    try {
      if (stopping && with.leased()) {
        save();
      }
    } catch (StoreException e) {
      LOG.log(System.Logger.Level.DEBUG, "what was passed is looked at again: {0}", text(e));
    } finally {
      with.ended(this, delivery.held());
    }
  }

  private void step() {
    try {
      if (!with.leased()) {
        signal.await(TimeUnit.MILLISECONDS.toNanos(with.patienceMs()));
      } else if (!wanted.isEmpty()) {
        revive();
      } else if (passed >= with.end(partition)) {
        save();
        over = true;
      } else if (passed >= with.level(partition)) {
        rest();
      } else {
        read();
      }
      storeFailures = 0;
    } catch (StoreException e) {
      recover(e);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "a consumer failed by itself; it tries again", e);
      storeFailures++;
      pause(with.options().retry().pause(storeFailures).toNanos());
    }
  }

  /// Waits for the whole time, whatever comes meanwhile, unless it is to stop.
  private void pause(long nanos) {
    long deadline = System.nanoTime() + nanos;
    long left = nanos;
    while (left > 0 && !stopping) {
      signal.await(left);
      left = deadline - System.nanoTime();
    }
  }

  /// Waits until the store's clock shows a time, unless there is something else to do.
  private void awaitAge(long notBefore) {
    long left = notBefore - with.now();
    while (left > 0 && !stopping && wanted.isEmpty()) {
      signal.await(TimeUnit.MILLISECONDS.toNanos(left));
      left = notBefore - with.now();
    }
  }

  /// Waits for more. What was passed is written down when nothing has come for a second.
  private void rest() {
    boolean behind = passed > delivery.held().offset();
    signal.await(behind ? REST_NANOS : Long.MAX_VALUE);
    if (behind && passed >= with.level(partition)) {
      save();
    }
  }

  private void save() {
    if (passed > delivery.held().offset()) {
      delivery.move(passed);
    }
  }

  private void read() {
    long notBefore = with.permitted(this::readSome);
    if (notBefore > 0) {
      awaitAge(notBefore);
    } else if (notBefore < 0) {
      pause(TimeUnit.MILLISECONDS.toNanos(-notBefore));
    }
  }

  /// Reads on and handles what it finds.
  ///
  /// @return 0 to go on, the time before which nothing may be handled, or as a negative number the
  ///   pause before the next attempt, in milliseconds
  private long readSome() {
    int batch = careful > 0 ? 1 : with.options().batch();
    List<EventRow> found = with.events(partition, passed, careful > 0 ? 1 : chunk.next());
    chunk.read(found);
    var due = new ArrayList<Event>();
    long upTo = passed;
    long lag = with.options().lagMs();
    long youngest = lag == 0 ? Long.MAX_VALUE : with.now() - lag;
    long notBefore = 0;
    for (EventRow row : found) {
      if (due.size() == batch) {
        break;
      }
      if (row.offset().offset() > with.end(partition)) {
        upTo = with.end(partition);
        break;
      }
      if (with.options().selection().wants(row)) {
        if (row.at() > youngest) {
          notBefore = row.at() + lag;
          break;
        }
        due.add(Event.of(row));
      }
      upTo = row.offset().offset();
    }
    if (!due.isEmpty()) {
      return handle(due, upTo);
    }
    passed = upTo;
    if (passed - delivery.held().offset() >= PASSED_MAX) {
      save();
    }
    return found.isEmpty() ? -with.options().pollMs() : notBefore;
  }

  private long handle(List<Event> events, long upTo) {
    try {
      passed = delivery.deliver(events, upTo);
      careful = Math.max(0, careful - 1);
      return 0;
    } catch (HandlerFailure e) {
      return failed(events, e);
    }
  }

  /// Isolates the event that is to blame, so that only it is tried again.
  private long failed(List<Event> events, HandlerFailure failure) {
    int index = failure.index();
    if (index == HandlerFailure.UNKNOWN && events.size() > 1) {
      careful = events.size();
      return 0;
    }
    if (stopping) {
      return 0;
    }
    Event blamed = events.get(Math.max(0, index));
    if (index > 0) {
      try {
        passed = delivery.settle(events.subList(0, index), blamed.offset().offset() - 1);
        if (passed < blamed.offset().offset() - 1) {
          return 0; // there was no time for all; the blamed one comes again behind them
        }
      } catch (HandlerFailure earlier) {
        return failed(events.subList(0, index), earlier);
      }
    }
    Delivery.Verdict verdict = delivery.failed(blamed, failure.thrown());
    over = verdict == Delivery.Verdict.STOPPED;
    if (verdict == Delivery.Verdict.BURIED) {
      passed = delivery.held().offset();
    }
    return verdict == Delivery.Verdict.AGAIN ? -delivery.pauseMs() : 0;
  }

  private void revive() {
    for (Offset offset : wanted) {
      DeadLetterRow letter = with.letter(offset);
      if (letter != null && letter.wanted()) {
        with.permitted(() -> {
          delivery.revive(letter);
          return 0L;
        });
      }
    }
    wanted = Set.of();
  }

  /// Finds out what is left after the store failed.
  private void recover(StoreException e) {
    switch (e.kind()) {
      case FENCED -> refresh();
      case UNKNOWN, UNAVAILABLE, REJECTED, LOCKED -> {
        System.Logger.Level level =
            storeFailures == 0 ? System.Logger.Level.WARNING : System.Logger.Level.DEBUG;
        LOG.log(level, "consumer {0} waits for its store: {1}", with.options().name(), text(e));
        storeFailures++;
        pause(with.options().retry().pause(storeFailures).toNanos());
        if (!stopping) {
          refresh();
        }
      }
    }
  }

  /// Reads the cursor anew: it tells whether a commit of unknown outcome has come through.
  private void refresh() {
    try {
      if (delivery.refresh()) {
        passed = delivery.held().offset();
      } else {
        over = true;
      }
    } catch (StoreException e) {
      LOG.log(System.Logger.Level.DEBUG, "the cursor can't be read yet: {0}", text(e));
    }
  }

  private static String text(StoreException e) {
    return String.valueOf(e.getMessage());
  }
}
