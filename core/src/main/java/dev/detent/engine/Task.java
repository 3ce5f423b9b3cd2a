// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.store.InvocationRow;
import dev.detent.store.StepRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Holds an open invocation as a lane has decided it.
///
/// **Threads**: the lane's.
final class Task {
  private InvocationRow row;
  private long batch;
  private long attempt;
  private long left;
  private long epoch;
  private long told;
  private int outages;
  private boolean journaled;
  private int signals;
  private List<StepRow> pending = List.of();
  private Map<String, Settled> settled = Map.of();
  private long durable;

  /// Holds an entry that is not pending any more, and the number of the batch that says so.
  record Settled(StepRow step, long batch) {}

  Task(InvocationRow row, long batch) {
    this.row = row;
    this.batch = batch;
  }

  String id() {
    return row.id();
  }

  Key key() {
    return row.key();
  }

  InvocationRow row() {
    return row;
  }

  /// Returns the number of the batch that has its last change.
  long batch() {
    return batch;
  }

  /// Takes what was decided.
  void decided(InvocationRow next, long in) {
    row = next;
    batch = in;
  }

  /// Returns the number of the attempt that runs it, 0 if none does.
  long attempt() {
    return attempt;
  }

  /// Takes note that an attempt runs it.
  ///
  /// @param in the epoch in which the partition is owned
  void attempted(long number, long in) {
    attempt = number;
    epoch = in;
    left = 0;
    told = 0;
  }

  /// Takes note that no attempt runs it.
  void unattended() {
    attempt = 0;
    left = 0;
    forgetDurable();
  }

  /// Takes note that an attempt does not run it any more. Another one may.
  void unattended(long number) {
    attempt = attempt == number ? 0 : attempt;
    left = left == number ? 0 : left;
    forgetDurable();
  }

  /// Takes note that it is decided that its attempt is over. If that is not committed, it is not
  /// over: [#inherit] knows it still.
  void leave() {
    left = live();
    attempt = 0;
  }

  /// Returns the number of the attempt that runs it as far as is committed, 0 if none does.
  long live() {
    return attempt == 0 ? left : attempt;
  }

  /// Takes note that its attempt was told something.
  void tell() {
    told++;
  }

  /// Returns how often its attempt was told something.
  long told() {
    return told;
  }

  /// Tells whether its journal may have entries.
  boolean journaled() {
    return journaled;
  }

  /// Takes note that its journal may have entries.
  void journal() {
    journaled = true;
  }

  /// Counts one more signal, and returns how many there are.
  int signalled() {
    return ++signals;
  }

  /// Begins anew with an empty journal.
  void forget() {
    pending = List.of();
    settled = Map.of();
    journaled = false;
  }

  /// Counts one more attempt in a row that failed since the store could not be reached, and returns
  /// how many there were.
  int outage() {
    return ++outages;
  }

  /// Takes note that an attempt came further.
  void progressed() {
    outages = 0;
  }

  /// Returns the entries that wait for something, besides sends.
  List<StepRow> pending() {
    return pending;
  }

  /// Adds an entry that waits for something.
  void wait(StepRow step) {
    if (pending.isEmpty()) {
      pending = new ArrayList<>(2);
    }
    pending.removeIf(old -> old.position().equals(step.position()));
    pending.add(step);
  }

  /// Returns an entry that waits for something, or null.
  @Nullable StepRow pending(String position) {
    for (StepRow step : pending) {
      if (step.position().equals(position)) {
        return step;
      }
    }
    return null;
  }

  /// Takes note that an entry waits no longer.
  void settle(StepRow step, long in) {
    if (!pending.isEmpty()) {
      pending.removeIf(old -> old.position().equals(step.position()));
    }
    if (settled.isEmpty()) {
      settled = HashMap.newHashMap(2);
    }
    settled.put(step.position(), new Settled(step, in));
  }

  /// Takes note that the batch is committed that says that an entry waits no longer.
  void settled(StepRow step) {
    Settled one = settled.get(step.position());
    durable = one != null && one.step().equals(step) ? Math.max(durable, one.batch()) : durable;
    forgetDurable();
  }

  /// Forgets what an attempt that starts from now on finds in its journal.
  private void forgetDurable() {
    if (live() == 0 && !settled.isEmpty()) {
      settled.values().removeIf(one -> one.batch() <= durable);
    }
  }

  /// Returns an entry that was settled since the attempt started, or null.
  @Nullable Settled settled(String position) {
    return settled.get(position);
  }

  /// Takes over what only memory knows, after it was read again from the store. An attempt of
  /// another life is none of this one's, and one of an earlier epoch may have missed what another
  /// node recorded.
  ///
  /// @param committed the number of the last committed batch
  /// @param in the epoch in which the partition is owned now
  void inherit(Task before, long committed, long in) {
    if (before.row.run().life() != row.run().life()) {
      return;
    }
    if (before.epoch == in) {
      epoch = in;
      attempt = before.live();
      told = before.told;
    }
    journaled = true;
    outages = before.outages;
    durable = committed;
    settled = new HashMap<>(before.settled);
    settled.values().removeIf(one -> one.batch() > committed);
    forgetDurable();
  }
}
