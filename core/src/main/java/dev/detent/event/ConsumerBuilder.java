// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import dev.detent.Names;
import dev.detent.annotation.StateMachine;
import dev.detent.handler.RetryPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Says what a consumer reads and what it does about it; [#start] begins.
///
/// ```java
/// detent.consumer("mailer").of(PaymentMachine.class).types(Completed.class)
///     .handle((event, tx) -> outbox.add(tx, event.key(), event.as(Completed.class)))
///     .start();
/// ```
///
/// **Guarantees**: events of a partition, and so of an instance, come in order, none is skipped. A
/// handler that is given `tx` has its effect exactly once, as far as it writes with that; one that
/// is not is called at least once.
///
/// **Threads**: one at a time. The handler is called on several threads, for different partitions.
public final class ConsumerBuilder {
  private static final int COUNT_MAX = 10_000;
  private static final Duration POLL_MAX = Duration.ofMinutes(1);

  private final String name;
  private final Worker worker;
  private final Set<String> machines = new TreeSet<>();
  private final Set<String> states = new TreeSet<>();
  private final List<String> problems = new ArrayList<>();
  private @Nullable EventHandler plain;
  private @Nullable TransactedHandler transacted;
  private Supplier<Cursor> start = () -> Cursor.START;
  private String begin = "";
  private boolean toHead;
  private Duration lag = Duration.ZERO;
  private RetryPolicy retry = RetryPolicy.of(20);
  private OnFailure onFailure = OnFailure.STOP;
  private Duration poll = Duration.ofMillis(200);
  private int batch = 1_000;
  private int parallel = 4;

  ConsumerBuilder(String name, Worker worker) {
    this.name = name;
    this.worker = worker;
  }

  /// Wants the events of these machines too. Defaults to those of all.
  ///
  /// @param annotated classes that are marked with [StateMachine]
  public ConsumerBuilder of(Class<?>... annotated) {
    for (Class<?> type : annotated) {
      StateMachine mark = type.getAnnotation(StateMachine.class);
      if (mark == null) {
        problems.add("of: expected @StateMachine on class " + type.getSimpleName() + ", got none");
      } else {
        machines.add(mark.value());
      }
    }
    return this;
  }

  /// Wants the events of these machines too. Defaults to those of all.
  ///
  /// @param names names of machines, however they are defined
  public ConsumerBuilder of(String... names) {
    for (String machine : names) {
      require(Names.isName(machine), "of: expected names of machines, got '" + machine + "'");
      machines.add(machine);
    }
    return this;
  }

  /// Wants only events that enter one of these states. Defaults to all.
  ///
  /// @param records the states' records
  public ConsumerBuilder types(Class<?>... records) {
    for (Class<?> type : records) {
      require(type.isRecord(), "types: expected records of states, got " + type.getSimpleName());
      states.add(type.getSimpleName());
    }
    return this;
  }

  /// Wants only events that enter one of these states. Defaults to all.
  ///
  /// @param names the states' names
  public ConsumerBuilder types(String... names) {
    states.addAll(List.of(names));
    return this;
  }

  /// Says what is done with the store's own database, exactly once.
  ///
  /// Keep it short: on SQLite all other writes wait meanwhile, and on a server it may not stand
  /// still between two statements for longer than two fifths of the store's lease.
  public ConsumerBuilder handle(TransactedHandler handler) {
    transacted = handler;
    return this;
  }

  /// Says what is done, at least once: after a crash or a failure, up to a batch of events may come
  /// again.
  public ConsumerBuilder handle(EventHandler handler) {
    plain = handler;
    return this;
  }

  /// Begins with the oldest event when the consumer is new. This is the default. A consumer that is
  /// known goes on where it was, whatever is said here.
  public ConsumerBuilder fromBeginning() {
    return from("fromBeginning()", () -> Cursor.START);
  }

  /// Begins with the next event when the consumer is new.
  public ConsumerBuilder fromNow() {
    return from("fromNow()", worker.log()::end);
  }

  /// Begins with the first event that is not older than a time when the consumer is new.
  public ConsumerBuilder from(Instant time) {
    return from("from(" + time + ")", () -> worker.log().before(time));
  }

  private ConsumerBuilder from(String said, Supplier<Cursor> place) {
    require(
        begin.isEmpty() || begin.equals(said),
        "from: expected one place to begin, got " + begin + " and " + said);
    begin = said;
    start = place;
    return this;
  }

  /// Ends at the head as it is at the start: a job whose end [Consumer#await] waits for.
  public ConsumerBuilder toHead() {
    toHead = true;
    return this;
  }

  /// Handles no event that is younger, by the store's clock.
  ///
  /// @param least zero or more. Defaults to zero
  public ConsumerBuilder lag(Duration least) {
    require(!least.isNegative(), "lag: expected zero or more, got " + least);
    lag = least;
    return this;
  }

  /// Says how often a failing event is tried, and the pauses between. Attempts are counted in the
  /// store: no crash begins a new count.
  ///
  /// @param policy defaults to 20 attempts, with pauses from 50 ms to 60 s
  public ConsumerBuilder retry(RetryPolicy policy) {
    retry = policy;
    return this;
  }

  /// Says how often a failing event is tried, with the pauses that everything has.
  ///
  /// @param attempts 1 or more. Defaults to 20
  public ConsumerBuilder attemptsMax(int attempts) {
    return retry(RetryPolicy.of(attempts));
  }

  /// Says what becomes of an event that has failed as often as it may. Defaults to
  /// [OnFailure#STOP].
  public ConsumerBuilder onFailure(OnFailure then) {
    onFailure = then;
    return this;
  }

  /// Says how often the store is asked for events that other processes have committed. Those of
  /// this process's own engine come at once.
  ///
  /// @param interval 1 ms to 1 minute. Defaults to 200 ms
  public ConsumerBuilder poll(Duration interval) {
    require(
        interval.toMillis() >= 1 && interval.compareTo(POLL_MAX) <= 0,
        "poll: expected 1 ms to 1 minute, got " + interval);
    poll = interval;
    return this;
  }

  /// Says how many events share a transaction at most; it ends before that when handlers have taken
  /// 20 ms. If one of them fails, those before it are committed without it, and it is tried again
  /// alone.
  ///
  /// @param events 1 to 10,000. Defaults to 1,000
  public ConsumerBuilder batch(int events) {
    require(events >= 1 && events <= COUNT_MAX, "batch: expected 1 to 10,000, got " + events);
    batch = events;
    return this;
  }

  /// Says how many partitions are at work at once in this process; each takes a connection of the
  /// store's meanwhile.
  ///
  /// @param partitions 1 to 10,000. Defaults to 4
  public ConsumerBuilder parallel(int partitions) {
    require(
        partitions >= 1 && partitions <= COUNT_MAX,
        "parallel: expected 1 to 10,000, got " + partitions);
    parallel = partitions;
    return this;
  }

  /// Begins to consume.
  ///
  /// @throws IllegalArgumentException if options are wrong: all of them are named
  /// @throws IllegalStateException if a consumer of this name runs in this process
  /// @throws dev.detent.store.StoreException if the store can't be used
  public Consumer start() {
    require(
        Names.isName(name),
        "consumer name: expected [A-Za-z][A-Za-z0-9_.-]{0,63}, got '" + name + "'");
    require(
        (plain == null) != (transacted == null), "handle: expected one handler, got none or two");
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    var options =
        new Options(
            name,
            new Selection(Set.copyOf(machines), Set.copyOf(states)),
            plain,
            transacted,
            start,
            toHead,
            lag.toMillis(),
            retry,
            onFailure,
            poll.toMillis(),
            batch,
            parallel);
    var consumer = new Consumer(options, worker);
    consumer.start();
    return consumer;
  }

  private void require(boolean holds, String problem) {
    if (!holds) {
      problems.add(problem);
    }
  }
}
