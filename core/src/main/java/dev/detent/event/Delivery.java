// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.codec.ProblemText;
import dev.detent.store.ConsumerSql;
import dev.detent.store.CursorRow;
import dev.detent.store.DeadLetterRow;
import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Brings events to a consumer's handler, and writes down how far it came.
///
/// **Threads**: one, that of its reader.
final class Delivery {
  private static final System.Logger LOG = System.getLogger(Consumer.class.getName());

  /// So long may handlers hold a transaction open: longer than a commit takes, so that handlers
  /// which are quick share one, and short enough for whoever waits for it.
  private static final long HANDLING_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(20);

  private final Reading with;
  private CursorRow held;

  /// Says what is to happen after a failure.
  enum Verdict {
    /// The event is tried again after a pause.
    AGAIN,
    /// It is a dead letter now.
    BURIED,
    /// The consumer has stopped here.
    STOPPED
  }

  Delivery(Reading with, CursorRow held) {
    this.with = with;
    this.held = held;
  }

  /// Returns the cursor as it was last written.
  CursorRow held() {
    return held;
  }

  /// Moves the cursor past what nobody wants.
  void move(long offset) {
    try {
      with.cursors().advance(held, offset, ConsumerSql.NONE);
      held = held.movedTo(offset);
    } catch (StoreException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("nothing was to be run", e);
    }
  }

  /// Handles events and moves the cursor behind them: all of them, or as many as there is time for
  /// in one transaction.
  ///
  /// @param events what is wanted, in order, at least one
  /// @param upTo the last event that is done with when all are handled
  /// @return the last event that is done with
  /// @throws HandlerFailure if one failed: nothing is written, but a handler without a transaction
  ///   has handled those before it
  long deliver(List<Event> events, long upTo) throws HandlerFailure {
    var turn = new Turn(events, upTo);
    TransactedHandler transacted = with.options().transacted();
    if (transacted == null) {
      requireMine();
      EventHandler plain = with.plain();
      turn.handle(this::requireLease, plain);
      move(turn.reached());
    } else {
      transact(
          connection -> turn.handle(() -> {}, event -> transacted.handle(event, connection)),
          sql -> with.cursors().advance(held, turn::reached, sql));
      held = held.movedTo(turn.reached());
    }
    with.observer().handled(with.options().name(), turn.handled);
    return turn.reached();
  }

  /// Handles events one after the other, until there is no more time in this transaction.
  private static final class Turn {
    private final List<Event> events;
    private final long upTo;
    private int handled;

    Turn(List<Event> events, long upTo) {
      this.events = events;
      this.upTo = upTo;
    }

    /// @param permit throws if the next event must not be handled any more
    void handle(Runnable permit, EventHandler handler) throws HandlerFailure {
      long start = System.nanoTime();
      handled = 0;
      do {
        permit.run();
        Event event = events.get(handled);
        attempt(handled, () -> handler.handle(event));
        handled++;
      } while (handled < events.size() && System.nanoTime() - start < HANDLING_NANOS_MAX);
    }

    long reached() {
      return handled == events.size() ? upTo : events.get(handled - 1).offset().offset();
    }
  }

  /// Writes down that those before one that failed are handled; in a transaction, it handles them
  /// anew.
  ///
  /// @return the last event that is done with
  long settle(List<Event> events, long upTo) throws HandlerFailure {
    if (with.options().transacted() != null) {
      return deliver(events, upTo);
    }
    move(upTo);
    with.observer().handled(with.options().name(), events.size());
    return upTo;
  }

  /// Keeps two processes from handling events of one partition at once: nothing is begun when the
  /// lease may be over.
  private void requireLease() {
    if (!with.leased()) {
      throw new StoreException(
          Kind.FENCED, "consumer: expected a lease that holds, got one that may be over", null);
    }
  }

  /// Begins nothing that can't be undone when the consumer is paused or reset meanwhile.
  private void requireMine() {
    if (!refresh()) {
      throw new StoreException(
          Kind.FENCED, "consumer: expected a cursor of its own, got one that it lost", null);
    }
  }

  /// Does something in a transaction.
  private interface Transacting {
    void run(ConsumerSql sql) throws Exception;
  }

  private void transact(ConsumerSql sql, Transacting transaction) throws HandlerFailure {
    try {
      transaction.run(sql.equals(ConsumerSql.NONE) ? sql : with.around(sql));
    } catch (StoreException e) {
      if (e.kind() == Kind.REJECTED) {
        throw new HandlerFailure(HandlerFailure.UNKNOWN, e);
      }
      throw e;
    } catch (HandlerFailure e) {
      throw e;
    } catch (Exception e) {
      throw new HandlerFailure(HandlerFailure.UNKNOWN, e);
    }
  }

  /// Runs the user's code.
  private interface Code {
    void run() throws Exception;
  }

  private static void attempt(int index, Code code) throws HandlerFailure {
    try {
      code.run();
    } catch (Exception | AssertionError | LinkageError | StackOverflowError e) {
      throw new HandlerFailure(index, e);
    }
  }

  /// Writes a failure down.
  Verdict failed(Event event, Throwable thrown) {
    int attempt = held.attempt() + 1;
    String problem = ProblemText.write(problem(event, thrown));
    with.observer().failed(with.options().name());
    if (attempt < with.options().retry().attemptsMax()) {
      CursorRow failed = held.failed(attempt, problem);
      with.cursors().fail(failed, false);
      held = failed;
      LOG.log(
          System.Logger.Level.INFO,
          "attempt {0} of consumer {1} at event {2} failed, the next one follows: {3}",
          attempt,
          with.options().name(),
          event.offset(),
          shown(thrown));
      return Verdict.AGAIN;
    }
    return with.options().onFailure() == OnFailure.STOP
        ? stop(event, attempt, problem, thrown)
        : bury(event, attempt, problem, thrown);
  }

  private Verdict stop(Event event, int attempt, String problem, Throwable thrown) {
    with.cursors().fail(held.failed(attempt, problem), true);
    LOG.log(
        System.Logger.Level.ERROR,
        "consumer "
            + with.options().name()
            + " stopped in partition "
            + held.partition()
            + " at event "
            + event.offset()
            + " of "
            + event.instance()
            + ", which failed "
            + attempt
            + " times; mend the cause, then resume it",
        thrown);
    with.observer().halted(with.options().name());
    return Verdict.STOPPED;
  }

  private Verdict bury(Event event, int attempt, String problem, Throwable thrown) {
    var letter =
        new DeadLetterRow(
            held.consumer(),
            event.offset(),
            event.instance(),
            LetterText.write(event),
            attempt,
            problem,
            false,
            with.now());
    with.cursors().bury(held, letter);
    held = held.movedTo(event.offset().offset());
    LOG.log(
        System.Logger.Level.WARNING,
        "consumer "
            + held.consumer()
            + " skipped event "
            + event.offset()
            + " of "
            + event.instance()
            + ", which failed "
            + attempt
            + " times; it is a dead letter now",
        thrown);
    with.observer().buried(held.consumer());
    return Verdict.BURIED;
  }

  /// Returns the pause before the next attempt.
  long pauseMs() {
    return Math.max(1, with.options().retry().pause(Math.max(1, held.attempt())).toMillis());
  }

  /// Tries a dead letter once more.
  void revive(DeadLetterRow letter) {
    Event event = LetterText.read(letter.event());
    try {
      TransactedHandler transacted = with.options().transacted();
      if (transacted == null) {
        EventHandler plain = with.plain();
        attempt(0, () -> plain.handle(event));
      }
      ConsumerSql work =
          transacted == null
              ? ConsumerSql.NONE
              : connection -> attempt(0, () -> transacted.handle(event, connection));
      transact(work, sql -> with.cursors().revive(held, letter, sql));
      with.observer().handled(held.consumer(), 1);
    } catch (HandlerFailure e) {
      with.observer().failed(held.consumer());
      String problem = ProblemText.write(problem(event, e.thrown()));
      with.cursors().buryAgain(held, letter.failedAgain(problem, with.now()));
      LOG.log(
          System.Logger.Level.WARNING,
          "dead letter " + event.offset() + " of consumer " + held.consumer() + " failed again",
          e.thrown());
    }
  }

  /// Reads the cursor anew.
  ///
  /// @return whether it is still this worker's
  boolean refresh() {
    CursorRow now = with.cursors().cursor(held.consumer(), held.partition());
    boolean mine = now != null && now.epoch() == held.epoch() && with.worker().equals(now.owner());
    if (now != null && mine) {
      held = now;
    }
    return mine;
  }

  private Problem problem(Event event, Throwable thrown) {
    return Problem.of(
            ErrorCode.HANDLER_FAILED,
            "consumer %s: event %s of %s failed: %s"
                .formatted(held.consumer(), event.offset(), event.instance(), shown(thrown)))
        .at(event.instance())
        .with("event", event.offset().toString());
  }

  private static String shown(Throwable thrown) {
    String message = thrown.getMessage();
    String name = thrown.getClass().getSimpleName();
    return message == null || message.isBlank() ? name : name + ": " + message;
  }
}
