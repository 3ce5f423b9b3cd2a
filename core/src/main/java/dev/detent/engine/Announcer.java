// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.codec.ProblemText;
import dev.detent.event.EventLog;
import dev.detent.store.Batch;
import dev.detent.store.InvocationRow;
import dev.detent.store.PartitionRow;
import dev.detent.store.StepRow;
import dev.detent.store.StoreException;
import java.util.List;

/// Tells the outside what lanes did: the asker, the observer, and the readers of the log.
final class Announcer implements LaneRunner.Telling {
  private static final System.Logger LOG = System.getLogger(Engine.class.getName());

  private final Observer observer;
  private final Admission admission;
  private final EventLog events;
  private final Router router;
  private final Courier courier;
  private final Definitions definitions;

  Announcer(
      Observer observer, Admission admission, EventLog events, Router router, Definitions known) {
    this.observer = observer;
    this.admission = admission;
    this.events = events;
    this.router = router;
    this.courier = new Courier(router::submit, new Cycles(router.store()));
    this.definitions = known;
  }

  /// Stops what it has under way.
  void stop() {
    courier.stop();
  }

  @Override
  public void answered(Submission.Asked asked, Reply reply) {
    Submission.Asker asker = asked.asker();
    if (asker.origin() != Submission.Asker.Origin.HANDLER) {
      admission.leave(asker.bytes());
    }
    if (asker.origin() == Submission.Asker.Origin.CLIENT) {
      observe(asker, reply);
    }
    try {
      asker.reply().accept(reply);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "a reply to " + asked.request() + " was not taken", e);
    }
  }

  private void observe(Submission.Asker asker, Reply reply) {
    if (reply instanceof Reply.Refused refused) {
      observer.refused(asker.machine(), refused.problem().code());
    } else {
      observer.answered(asker.machine(), System.nanoTime() - asker.submittedNanos());
    }
  }

  @Override
  public void elsewhere(Submission.Asked asked) {
    router.astray(asked);
  }

  @Override
  public void stands(InvocationRow row) {
    String machine = row.key().machine();
    observer.stands(machine, row.status(), row.run().attempt());
    String problem = row.run().problem();
    if (row.status() == InvocationRow.Status.PAUSED && problem != null) {
      LOG.log(
          System.Logger.Level.WARNING,
          "invocation {0} of {1} is paused until it is resumed: {2}",
          row.id(),
          row.key(),
          ProblemText.read(problem).detail());
    } else if (row.status() == InvocationRow.Status.RUNNING && problem != null) {
      LOG.log(
          System.Logger.Level.INFO,
          "attempt {0} of invocation {1} of {2} failed, the next one follows: {3}",
          row.run().attempt(),
          row.id(),
          row.key(),
          ProblemText.read(problem).detail());
    }
  }

  @Override
  public void deliver(StepRow step, LaneRunner from) {
    courier.deliver(step, from::submit);
  }

  @Override
  public void ask(Request.Control control) {
    courier.ask(control);
  }

  @Override
  public void refreshed() {
    definitions.refresh();
  }

  @Override
  public void seen(List<PartitionRow> rows) {
    rows.forEach(row -> events.advanced(row.partition(), row.lastOffset()));
  }

  @Override
  public void published(Job job, Batch batch) {
    batch.fences().stream()
        .filter(fence -> fence.events() > 0)
        .forEach(fence -> events.advanced(fence.partition(), fence.lastOffset() + fence.events()));
    batch.events().forEach(event -> observer.transitioned(event.key().machine(), event.cause()));
  }

  @Override
  public void troubled(Key key, Problem problem) {
    observer.refused(key.machine(), problem.code());
    boolean wanted = problem.code() == ErrorCode.CANCELLED;
    LOG.log(
        wanted ? System.Logger.Level.INFO : System.Logger.Level.WARNING,
        "a timer or a send {0}: {1} ({2})",
        what(problem.code()),
        problem.detail(),
        problem.code());
  }

  private static String what(ErrorCode code) {
    return switch (code) {
      case CANCELLED -> "was cancelled";
      case HANDLER_FAILED -> "failed";
      default -> "was refused";
    };
  }

  @Override
  public void fired(Submission.Due due, long lateMs) {
    observer.fired(due.key().machine(), lateMs);
  }

  @Override
  public void storeFailed(StoreException.Kind kind) {
    observer.storeFailed(kind);
  }

  @Override
  public void committed(int commands, int events, long nanos) {
    observer.committed(commands, events, nanos);
  }
}
