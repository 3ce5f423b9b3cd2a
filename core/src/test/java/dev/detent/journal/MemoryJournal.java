// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import dev.detent.Problem;
import dev.detent.codec.ProblemText;
import dev.detent.store.StepRow;
import dev.detent.store.StepRow.Kind;
import dev.detent.store.StepRow.Status;
import dev.detent.store.Transact;
import java.sql.Connection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Keeps a journal in memory, with a time that passes by one millisecond per entry, on a thread of
/// its own as a lane has it. Crashes where it is told to.
final class MemoryJournal implements Journal {
  private static final long PATIENCE_S = 60;

  private final ExecutorService lane =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
  private final Map<String, StepRow> rows = new LinkedHashMap<>();
  private final BlockingQueue<StepRow> news = new LinkedBlockingQueue<>();
  private final BlockingQueue<Ending> endings = new LinkedBlockingQueue<>();
  private Function<StepRow, @Nullable StepRow> answers = row -> null;
  private @Nullable Attempt current;
  private @Nullable StepRow first;
  private long attempt;
  private CountDownLatch loadable = new CountDownLatch(0);
  private boolean crowded;
  private boolean crashed;
  private int room = Integer.MAX_VALUE;
  private int signals;
  private int told;
  private long skewMs;

  /// Says how what is pending is answered, as soon as it is recorded; null leaves it pending.
  synchronized void answers(Function<StepRow, @Nullable StepRow> function) {
    answers = function;
  }

  /// Answers what is pending at once: a sleep is over, a call is answered by its command.
  static @Nullable StepRow atOnce(StepRow row) {
    return switch (row.kind()) {
      case SLEEP -> row.ended(null, null, row.at());
      case CALL -> row.ended("\"" + row.name() + "!\"", null, row.at());
      default -> null;
    };
  }

  /// Crashes instead of recording, after so many more entries.
  synchronized void crashAfter(int entries) {
    room = entries;
    crashed = false;
  }

  /// Says whether waiting attempts should let go.
  synchronized void crowded(boolean is) {
    crowded = is;
  }

  /// Lets time pass.
  synchronized void pass(long millis) {
    skewMs += millis;
  }

  synchronized Attempt start(Assignment assignment) {
    var started = new Attempt(assignment, this);
    current = started;
    attempt = assignment.attempt();
    told = 0;
    crashed = false;
    endings.clear();
    started.start();
    return started;
  }

  @Override
  public synchronized void append(Assignment who, Entry entry, Consumer<StepRow> recorded) {
    lane.execute(() -> record(who, entry, recorded));
  }

  private synchronized void record(Assignment who, Entry entry, Consumer<StepRow> recorded) {
    if (crashed || who.attempt() != attempt) {
      return;
    }
    StepRow sooner = first;
    if (sooner != null && sooner.position().equals(entry.position())) {
      put(sooner);
    }
    StepRow known = rows.get(entry.position());
    if (known == null || known.status() == Status.PENDING) {
      if (!makeRoom()) {
        return;
      }
      known = row(entry);
      put(known);
    }
    recorded.accept(known);
    if (known.status() == Status.PENDING) {
      answer(known);
    }
  }

  /// Tells whether one more entry becomes durable; if not, the process is gone.
  private boolean makeRoom() {
    if (room-- > 0) {
      return true;
    }
    crashed = true;
    Objects.requireNonNull(current).stop();
    endings.add(new Ending.Unwound(-1));
    return false;
  }

  private void answer(StepRow row) {
    StepRow answer = answers.apply(row);
    if (answer != null) {
      lane.execute(() -> complete(answer));
    }
  }

  private void put(StepRow row) {
    rows.put(row.position(), row);
    news.add(row);
  }

  private StepRow row(Entry entry) {
    Entry.Outgoing request = entry.request();
    StepRow.Outgoing outgoing =
        request == null
            ? null
            : new StepRow.Outgoing(
                "child-" + entry.position(), request.key(), request.command(), request.input(), "");
    Long dueAt = entry.delay() == null ? null : (Long) (now() + entry.delay().toMillis());
    return new StepRow(
        "i3-1-1",
        0,
        entry.position(),
        3,
        entry.kind(),
        entry.name(),
        entry.status(),
        outgoing,
        entry.value(),
        entry.problem(),
        now(),
        dueAt);
  }

  private long now() {
    return Trial.STARTED_AT + 1 + rows.size() + skewMs;
  }

  private synchronized void complete(StepRow row) {
    StepRow known = rows.get(row.position());
    if (crashed || (known != null && known.status() != Status.PENDING)) {
      return;
    }
    put(row);
    if (current != null) {
      told++;
      current.completed(row);
    }
  }

  /// Completes what is pending at a position.
  void complete(String position, @Nullable String value) {
    lane.execute(() -> complete(row(position).ended(value, null, time())));
  }

  /// Lets what is pending at a position fail.
  void fail(String position, Problem problem) {
    lane.execute(() -> complete(row(position).ended(null, ProblemText.write(problem), time())));
  }

  private synchronized long time() {
    return now();
  }

  /// Sends a signal.
  synchronized void signal(String name, String value) {
    var row =
        new StepRow(
            "i3-1-1",
            0,
            "signal." + ++signals,
            3,
            Kind.SIGNAL,
            name,
            Status.COMPLETED,
            null,
            value,
            null,
            now(),
            null);
    complete(row);
  }

  /// Returns the row at a position, which must be there.
  synchronized StepRow row(String position) {
    return Objects.requireNonNull(rows.get(position), "row " + position);
  }

  /// Puts a row there as if it had been recorded before.
  synchronized void given(StepRow row) {
    rows.put(row.position(), row);
  }

  /// Lets a row be pending, as if what came had not been recorded.
  synchronized void pend(String position) {
    StepRow row = row(position);
    given(
        new StepRow(
            row.invocation(),
            row.life(),
            position,
            row.partition(),
            row.kind(),
            row.name(),
            Status.PENDING,
            row.outgoing(),
            null,
            null,
            row.at(),
            row.dueAt()));
  }

  /// Lets a row be recorded just before the next entry at its position.
  synchronized void replaceBeforeAppend(StepRow row) {
    first = row;
  }

  /// Takes a row away.
  synchronized void without(String position) {
    rows.remove(position);
  }

  /// Returns the positions that are recorded, signals aside.
  synchronized List<String> positions() {
    return rows.keySet().stream().filter(each -> !each.startsWith("signal")).sorted().toList();
  }

  synchronized int told() {
    return told;
  }

  /// Waits until a row of some kind is recorded.
  StepRow await(Predicate<StepRow> wanted) {
    try {
      while (true) {
        StepRow row = news.poll(PATIENCE_S, TimeUnit.SECONDS);
        if (row == null) {
          throw new AssertionError("expected another entry, got none of " + positions());
        } else if (wanted.test(row)) {
          return row;
        }
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// Waits until something is recorded at a position.
  StepRow await(String position) {
    return await(row -> row.position().equals(position));
  }

  /// Waits for the end of the attempt.
  Ending ending() {
    try {
      Ending ending = endings.poll(PATIENCE_S, TimeUnit.SECONDS);
      return Objects.requireNonNull(ending, () -> "an end of the attempt after " + positions());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// Tells whether an end was reported that nobody took.
  boolean hasEnding() {
    return !endings.isEmpty();
  }

  @Override
  public synchronized void ended(Assignment who, Ending ending) {
    if (!crashed && who.attempt() == attempt) {
      endings.add(ending);
    }
  }

  /// Records nothing until something has happened.
  void hold(CountDownLatch until) {
    lane.execute(() -> {
      try {
        until.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    });
  }

  /// Lets journals be read only after something.
  synchronized void beforeLoad(CountDownLatch latch) {
    loadable = latch;
  }

  @Override
  public List<StepRow> load(Assignment who) {
    try {
      loadable().await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return load();
  }

  private synchronized CountDownLatch loadable() {
    return loadable;
  }

  private synchronized List<StepRow> load() {
    rows.values().stream().filter(row -> row.status() == Status.PENDING).forEach(this::answer);
    return List.copyOf(rows.values());
  }

  @Override
  public StepRow transact(Assignment who, String position, Transact work) throws Exception {
    StepRow row = work.run(connection());
    synchronized (this) {
      StepRow known = rows.get(position);
      if (known != null) {
        return known;
      }
      if (!makeRoom()) {
        throw new IllegalStateException("crashed");
      }
      put(row);
      return row;
    }
  }

  private static Connection connection() {
    return (Connection)
        java.lang.reflect.Proxy.newProxyInstance(
            MemoryJournal.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> "a connection");
  }

  @Override
  public synchronized boolean crowded() {
    return crowded;
  }
}
