// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.event.EventLog;
import dev.detent.store.Batch;
import dev.detent.store.StoreException;

/// Tells the outside what lanes did: the asker, the observer, and the readers of the log.
final class Announcer implements LaneRunner.Telling {
  private static final System.Logger LOG = System.getLogger(Engine.class.getName());

  private final Observer observer;
  private final Admission admission;
  private final EventLog events;

  Announcer(Observer observer, Admission admission, EventLog events) {
    this.observer = new GuardedObserver(observer);
    this.admission = admission;
    this.events = events;
  }

  @Override
  public void answered(Submission.Asked asked, Reply reply) {
    admission.leave(asked.bytes());
    String machine = asked.key().machine();
    if (reply instanceof Reply.Refused refused) {
      observer.refused(machine, refused.problem().code());
    } else {
      observer.answered(machine, System.nanoTime() - asked.submittedNanos());
    }
    try {
      asked.reply().accept(reply);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "a reply to " + asked.key() + " was not taken", e);
    }
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
    LOG.log(
        System.Logger.Level.WARNING,
        "a timer or a send was refused: {0} ({1})",
        problem.detail(),
        problem.code());
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
