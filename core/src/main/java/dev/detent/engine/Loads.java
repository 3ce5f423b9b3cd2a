// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.store.StoreException;
import dev.detent.store.TimerRow;
import java.util.List;
import java.util.function.ObjLongConsumer;

/// Takes what was read for a lane, instances and timers; what can't be read is tried again for a
/// while.
///
/// **Threads**: the lane's.
final class Loads {
  private final Deciding deciding;
  private final Waking waking;
  private final Undoing undoing;
  private final Backlog backlog;
  private final Trouble trouble;
  private final LaneEffects effects;
  private final Pipeline pipeline;
  private final ObjLongConsumer<String> givesUp;

  /// Makes one.
  ///
  /// @param givesUp hears why nothing could be read for too long
  Loads(LaneParts parts, Trouble trouble, LaneEffects effects, ObjLongConsumer<String> givesUp) {
    this.deciding = parts.deciding();
    this.waking = parts.waking();
    this.undoing = parts.undoing();
    this.backlog = parts.backlog();
    this.pipeline = parts.pipeline();
    this.trouble = trouble;
    this.effects = effects;
    this.givesUp = givesUp;
  }

  /// Holds the parts of a lane that want something to be read.
  record LaneParts(
      Deciding deciding, Waking waking, Undoing undoing, Backlog backlog, Pipeline pipeline) {}

  /// Takes what was read.
  void loaded(LaneEffects.Loading loading, LaneEffects.Loaded loaded) {
    if (loading.generation() == undoing.generation()) {
      trouble.loadWorked();
      backlog.addFirst(deciding.loaded(loading, loaded));
    }
  }

  /// Takes note that a read failed: it is tried again, for a while.
  void loadFailed(LaneEffects.Loading loading, StoreException failure, long now) {
    effects.storeFailed(failure.kind());
    if (loading.generation() != undoing.generation()) {
      return;
    }
    trouble.loadFailed(Trouble.text(failure), now);
    if (!trouble.loadTooLong(now)) {
      deciding.reading().again(loading);
    } else if (!pipeline.busy()) {
      givesUp.accept(Trouble.text(failure), now);
    } else {
      for (Submission late : deciding.reading().abandon(loading)) {
        backlog.postpone(late, trouble.unavailable());
      }
    }
  }

  /// Takes the timers that were asked for.
  void timersLoaded(LaneEffects.Upcoming asked, List<TimerRow> rows) {
    trouble.loadWorked();
    waking.loaded(asked, rows);
  }

  /// Takes note that the timers could not be read.
  void timersFailed(LaneEffects.Upcoming asked, StoreException failure, long now) {
    effects.storeFailed(failure.kind());
    if (waking.failed(asked)) {
      trouble.loadFailed(Trouble.text(failure), now);
    }
  }
}
