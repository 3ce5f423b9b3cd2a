// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.store.InvocationRow;
import dev.detent.store.InvocationRow.Status;
import dev.detent.store.StepRow;
import dev.detent.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Finds handlers that wait for each other's answers in a circle although none of them called all
/// the others: A called B while B, begun apart, called A. What each waits for stands in the store.
///
/// **Guarantees**: of a circle only one member is said to be the one that fails: the youngest.
///
/// **Threads**: safe for any number of threads. It blocks.
final class Cycles {
  private static final int DEPTH_MAX = 64;

  private final Store store;

  Cycles(Store store) {
    this.store = store;
  }

  /// Returns the circle in which a call waits, if its caller is the one that has to fail, else
  /// null.
  ///
  /// @param call the pending entry of the caller's journal
  /// @return the instances in the order in which they wait, from the caller back to the caller
  @Nullable List<Key> of(StepRow call) {
    var path = new ArrayList<InvocationRow>();
    InvocationRow caller = store.invocation(call.invocation());
    if (caller == null || !leads(call, caller, path, 0)) {
      return null;
    }
    path.addFirst(caller);
    boolean youngest = path.stream().allMatch(other -> !younger(other, caller));
    return youngest ? path.stream().map(InvocationRow::key).toList() : null;
  }

  private static boolean younger(InvocationRow one, InvocationRow other) {
    int order = Long.compare(one.createdAt(), other.createdAt());
    return order > 0 || (order == 0 && one.id().compareTo(other.id()) > 0);
  }

  /// Follows a call to the invocation that runs where it waits, and on from there.
  ///
  /// @param path takes the invocations on the way, if it leads back
  private boolean leads(StepRow call, InvocationRow target, List<InvocationRow> path, int depth) {
    InvocationRow runs = depth < DEPTH_MAX ? behind(call) : null;
    if (runs == null) {
      return false;
    }
    path.add(runs);
    if (runs.id().equals(target.id())) {
      return true;
    }
    for (StepRow next : store.steps(runs.id())) {
      if (waits(next, runs) && leads(next, target, path, depth + 1)) {
        return true;
      }
    }
    path.removeLast();
    return false;
  }

  private static boolean waits(StepRow step, InvocationRow runs) {
    return step.kind() == StepRow.Kind.CALL
        && step.status() == StepRow.Status.PENDING
        && step.life() == runs.run().life();
  }

  /// Returns the invocation whose end a call waits for first: the one that runs on the instance.
  private @Nullable InvocationRow behind(StepRow call) {
    StepRow.Outgoing outgoing = Objects.requireNonNull(call.outgoing());
    InvocationRow child = store.invocation(outgoing.child());
    if (child == null || !child.status().open()) {
      return null;
    }
    return child.status() == Status.QUEUED ? first(child) : child;
  }

  private @Nullable InvocationRow first(InvocationRow queued) {
    for (InvocationRow row : store.open(queued.partition(), before(queued), 1)) {
      if (row.key().equals(queued.key())) {
        return row;
      }
    }
    return null;
  }

  /// Returns what stands just before the first of an instance's line.
  private static InvocationRow before(InvocationRow queued) {
    return queued.queued(-1);
  }
}
