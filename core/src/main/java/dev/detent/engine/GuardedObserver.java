// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.store.InvocationRow;
import dev.detent.store.StoreException;

/// Keeps the failures of an observer away from the lanes: who counts must not stop who works.
final class GuardedObserver implements Observer {
  private static final System.Logger LOG = System.getLogger(Observer.class.getName());

  private final Observer observer;

  GuardedObserver(Observer observer) {
    this.observer = observer;
  }

  @Override
  public void committed(int commands, int events, long nanos) {
    try {
      observer.committed(commands, events, nanos);
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  @Override
  public void transitioned(String machine, String cause) {
    try {
      observer.transitioned(machine, cause);
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  @Override
  public void answered(String machine, long nanos) {
    try {
      observer.answered(machine, nanos);
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  @Override
  public void refused(String machine, ErrorCode code) {
    try {
      observer.refused(machine, code);
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  @Override
  public void fired(String machine, long lateMs) {
    try {
      observer.fired(machine, lateMs);
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  @Override
  public void storeFailed(StoreException.Kind kind) {
    try {
      observer.storeFailed(kind);
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  @Override
  public void stands(String machine, InvocationRow.Status status, int attempt) {
    try {
      observer.stands(machine, status, attempt);
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  @Override
  public void forwarded() {
    try {
      observer.forwarded();
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  @Override
  public void owns(int partitions, int taken) {
    try {
      observer.owns(partitions, taken);
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  @Override
  public void handled(String consumer, int events) {
    try {
      observer.handled(consumer, events);
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  @Override
  public void failed(String consumer) {
    try {
      observer.failed(consumer);
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  @Override
  public void buried(String consumer) {
    try {
      observer.buried(consumer);
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  @Override
  public void halted(String consumer) {
    try {
      observer.halted(consumer);
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  private static void failed(RuntimeException e) {
    LOG.log(System.Logger.Level.WARNING, "an observer failed; mend it, its figures are wrong", e);
  }
}
