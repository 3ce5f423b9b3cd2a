// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.codec.ProblemText;
import dev.detent.codec.Value;
import dev.detent.engine.Script.Act;
import dev.detent.journal.Assignment;
import dev.detent.journal.Ending;
import dev.detent.journal.Entry;
import dev.detent.journal.Failures;
import dev.detent.machine.Outcome;
import dev.detent.store.StepRow;
import dev.detent.store.StepRow.Kind;
import dev.detent.store.StepRow.Status;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs a script as [dev.detent.journal.Attempt] runs a handler, without a thread: it goes on
/// whenever something came that it waits for.
final class SimulatedAttempt {
  private final Assignment assignment;
  private final Script script;
  private final Host host;
  private final Ledger ledger;
  private final long epoch;
  private final SimulatedJournal journal = new SimulatedJournal();

  private int next;
  private int index;
  private int promised = -1;
  private int waitsAt = -1;
  private int inFlight;
  private long heard;
  private boolean busy;
  private boolean cancelled;
  private boolean delivered;
  private boolean over;
  private @Nullable Problem failure;

  /// Does for an attempt what it can't do itself.
  interface Host {
    /// Does something a little later, unless the node crashes or the attempt is stopped.
    void later(int most, SimulatedAttempt who, Runnable work);

    void append(SimulatedAttempt who, Entry entry);

    void ended(SimulatedAttempt who, Ending ending);

    void load(SimulatedAttempt who);

    void transact(SimulatedAttempt who, String position, String name);

    /// Tells whether to let go at a wait.
    boolean crowded();
  }

  SimulatedAttempt(Assignment assignment, Script script, Host host, Ledger ledger, long epoch) {
    this.assignment = assignment;
    this.script = script;
    this.host = host;
    this.ledger = ledger;
    this.epoch = epoch;
    this.cancelled = assignment.row().run().cancelled();
  }

  Assignment assignment() {
    return assignment;
  }

  long epoch() {
    return epoch;
  }

  String id() {
    return assignment.row().id();
  }

  String place(String position) {
    return Ids.place(id(), assignment.row().run().life(), position);
  }

  void start(boolean fresh) {
    if (fresh) {
      host.later(3, this, this::go);
    } else {
      busy = true;
      host.load(this);
    }
  }

  /// Takes the journal as it was read.
  void loaded(List<StepRow> rows) {
    busy = false;
    journal.load(rows);
    go();
  }

  /// Takes note that the store could not do something.
  void failed() {
    busy = false;
    end(new Ending.Retry(Problem.of(ErrorCode.UNAVAILABLE, "the journal: simulated")));
  }

  /// Takes an entry that was recorded as this attempt wanted it.
  void recorded(StepRow row, boolean awaited) {
    inFlight--;
    busy &= !awaited;
    if (awaited && row.status() != Status.PENDING) {
      journal.record(row);
    } else {
      journal.put(row);
    }
    go();
  }

  /// Takes the record of what was done in a transaction.
  void transacted(StepRow row) {
    busy = false;
    journal.put(row);
    go();
  }

  void completed(StepRow row) {
    heard++;
    journal.put(row);
    host.later(2, this, this::go);
  }

  void cancel() {
    heard++;
    cancelled = true;
    host.later(2, this, this::go);
  }

  private void go() {
    while (!over && !busy && act()) {
      // Each act checks for itself.
    }
  }

  private boolean cancelDue() {
    return cancelled && !delivered;
  }

  /// Does the next thing.
  ///
  /// @return whether it came further
  private boolean act() {
    List<Act> acts = failure == null ? script.acts() : script.undo();
    if (index == acts.size()) {
      return finish();
    }
    String position = Integer.toString(next);
    StepRow row = journal.row(position);
    return switch (acts.get(index)) {
      case Script.Step step -> step(step, row);
      case Script.Transact transact -> transact(transact, row);
      case Script.Sleep sleep -> sleep(Duration.ofMillis(sleep.ms()), row);
      case Script.Call call -> call(call, row);
      case Script.Send send -> send(send, row);
      case Script.Promise promise -> promise(promise, row);
      case Script.Await _ -> await(row);
      case Script.Signal signal -> signal(signal, row);
    };
  }

  private boolean step(Script.Step step, @Nullable StepRow row) {
    if (row != null) {
      return pass(row, Kind.STEP, step.name());
    }
    if (assignment.row().run().attempt() > 0 && cancelDue()) {
      return append(cancelled(Kind.STEP, step.name()));
    }
    if (inFlight > 0) {
      return false;
    }
    busy = true;
    host.later(
        5,
        this,
        () -> {
          busy = false;
          effect(step);
        });
    return false;
  }

  private void effect(Script.Step step) {
    String place = place(Integer.toString(next));
    int count = ledger.ran(place, this);
    if (count <= step.failures()) {
      end(new Ending.Retry(Problem.of(ErrorCode.HANDLER_FAILED, step.name() + " failed")));
    } else if (step.how().equals("fail")) {
      Problem problem = Problem.of(ErrorCode.HANDLER_FAILED, "no " + step.name());
      append(entry(Kind.STEP, step.name(), Status.FAILED, null, ProblemText.write(problem)));
    } else {
      String value = "\"" + step.how() + " " + place + " #" + count + "\"";
      append(entry(Kind.STEP, step.name(), Status.COMPLETED, value, null));
    }
  }

  private boolean transact(Script.Transact transact, @Nullable StepRow row) {
    if (row != null) {
      return pass(row, Kind.TRANSACT, transact.name());
    }
    if (inFlight == 0) {
      busy = true;
      host.transact(this, Integer.toString(next), transact.name());
    }
    return false;
  }

  private boolean sleep(Duration duration, @Nullable StepRow row) {
    if (row == null) {
      return append(cancelDue() ? cancelled(Kind.SLEEP, "") : pending(Kind.SLEEP, null, duration));
    }
    boolean done = row.status() != Status.PENDING || next < journal.last();
    if (done) {
      ledger.slept(row);
      return pass(row, Kind.SLEEP, "");
    }
    return waits(Kind.SLEEP, "", true);
  }

  private boolean call(Script.Call call, @Nullable StepRow row) {
    if (row == null) {
      var request = new Entry.Outgoing(call.key(), call.command(), input(call.r()));
      return append(cancelDue() ? cancelled(Kind.CALL, "work") : pending(Kind.CALL, request, null));
    }
    return row.status() != Status.PENDING
        ? pass(row, Kind.CALL, "work")
        : waits(Kind.CALL, "work", false);
  }

  private boolean send(Script.Send send, @Nullable StepRow row) {
    if (row == null) {
      var request = new Entry.Outgoing(send.key(), send.command(), input(send.r()));
      Duration delay = send.delayMs() == 0 ? null : Duration.ofMillis(send.delayMs());
      return append(pending(Kind.SEND, request, delay));
    }
    return pass(row, Kind.SEND, "work");
  }

  /// Makes an input that no other invocation makes, nor another life of this one.
  private String input(long r) {
    return Clients.input(r + ledger.number(place("")) * Scripts.LIFE, "go").text();
  }

  private boolean promise(Script.Promise promise, @Nullable StepRow row) {
    promised = next;
    if (row == null) {
      Duration deadline =
          promise.deadlineMs() == 0 ? null : Duration.ofMillis(promise.deadlineMs());
      inFlight++;
      host.append(this, pending(Kind.AWAKEABLE, null, deadline));
    }
    next++;
    index++;
    return true;
  }

  private boolean await(@Nullable StepRow own) {
    String name = Integer.toString(promised);
    if (own != null) {
      return pass(own, Kind.AWAKEABLE, name);
    }
    boolean fresh = next > journal.last();
    StepRow answer = journal.row(name);
    if (fresh && cancelDue() && waitsAt != next) {
      return append(cancelled(Kind.AWAKEABLE, name));
    }
    if (answer != null && answer.status() != Status.PENDING) {
      return pass(answer, Kind.AWAKEABLE, "");
    }
    if (!fresh) {
      Violation.unless(ledger.outdated(this), "an answer that was passed before", place(name));
      end(new Ending.Mismatched(Problem.of(ErrorCode.HANDLER_FAILED, "the journal is gone")));
      return false;
    }
    return waits(Kind.AWAKEABLE, name, true);
  }

  private boolean signal(Script.Signal signal, @Nullable StepRow row) {
    if (row != null) {
      ledger.passed(place(row.position()) + "!", journal.signal(row));
      return pass(row, Kind.SIGNAL, signal.name());
    }
    if (cancelDue()) {
      return append(cancelled(Kind.SIGNAL, signal.name()));
    }
    Long number = inFlight == 0 ? journal.take(signal.name()) : null;
    return number == null
        ? waits(Kind.SIGNAL, signal.name(), true)
        : append(entry(Kind.SIGNAL, signal.name(), Status.COMPLETED, number.toString(), null));
  }

  /// Waits, or lets go of its thread.
  private boolean waits(Kind kind, String name, boolean cancellable) {
    if (inFlight > 0) {
      return false;
    }
    if (cancellable && cancelDue()) {
      return append(cancelled(kind, name));
    }
    if (waitsAt != next) {
      waitsAt = next;
      if (host.crowded()) {
        end(new Ending.Unwound(heard));
      }
    }
    return false;
  }

  private boolean append(Entry entry) {
    busy = true;
    inFlight++;
    host.append(this, entry);
    return false;
  }

  private Entry pending(Kind kind, Entry.@Nullable Outgoing request, @Nullable Duration delay) {
    String name = request == null ? "" : "work";
    String position = Integer.toString(next);
    return new Entry(position, kind, name, Status.PENDING, request, null, null, delay);
  }

  private Entry cancelled(Kind kind, String name) {
    Problem problem = Failures.cancelled(assignment.row().key());
    return entry(kind, name, Status.FAILED, null, ProblemText.write(problem));
  }

  private Entry entry(
      Kind kind, String name, Status status, @Nullable String value, @Nullable String problem) {
    return new Entry(Integer.toString(next), kind, name, status, null, value, problem, null);
  }

  private boolean pass(StepRow row, Kind kind, String name) {
    boolean fits = row.kind() == kind && row.name().equals(name);
    Violation.unless(fits, "an entry " + kind + " " + name, row);
    if (kind != Kind.SLEEP && kind != Kind.SEND) {
      ledger.passed(place(row.position()), row.status() + " " + row.value() + row.problem());
    }
    next++;
    index++;
    if (row.status() == Status.FAILED) {
      fails(ProblemText.read(String.valueOf(row.problem())));
    }
    return true;
  }

  private void fails(Problem problem) {
    delivered |= problem.code() == ErrorCode.CANCELLED && cancelled;
    if (failure == null) {
      failure = problem;
      index = 0;
    }
  }

  private boolean finish() {
    Problem failed = failure;
    if (inFlight > 0) {
      return false;
    }
    if (failed != null) {
      boolean cancels = failed.code() == ErrorCode.CANCELLED && cancelled;
      Problem problem = Problem.of(ErrorCode.HANDLER_FAILED, failed.detail());
      end(cancels ? new Ending.Cancelled(failed) : new Ending.Failed(problem));
    } else {
      end(ending());
    }
    return false;
  }

  private Ending ending() {
    long r =
        assignment.row().kind().equals(Origin.AFTER) ? 0 : Truth.request(assignment.row().input());
    return switch (script.finish()) {
      case FAIL -> new Ending.Failed(Problem.of(ErrorCode.HANDLER_FAILED, "as the script says"));
      case STAY -> new Ending.Returned(new Outcome.Stay(Json.parse("\"stayed " + r + "\"")));
      case THROW ->
          ledger.threw(place("")) <= 2
              ? new Ending.Retry(Problem.of(ErrorCode.HANDLER_FAILED, "as the script says"))
              : moved(r);
      case MOVE -> moved(r);
    };
  }

  /// Returns that the handler moves as its script says.
  Ending moved(long r) {
    Value value = Value.of(Json.trusted("{\"r\":" + r + "}"));
    Json reply = Json.parse("\"moved " + r + "\"");
    return new Ending.Returned(new Outcome.Move(script.to(), value, reply));
  }

  private void end(Ending ending) {
    over = true;
    host.ended(this, ending);
  }
}
