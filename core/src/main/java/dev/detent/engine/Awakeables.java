// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.store.InvocationRow;
import dev.detent.store.StepRow;
import dev.detent.store.Store;
import dev.detent.store.StoreException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/// Looks up in the store whether an awakeable that no lane knows was answered before: lanes forget
/// what was answered before they took over.
///
/// **Threads**: safe for any number of threads.
final class Awakeables {
  private final Store store;
  private final ExecutorService reader =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("detent-awakeables").daemon().factory());

  Awakeables(Store store) {
    this.store = store;
  }

  /// Returns what takes the answer of a lane and hands on the one that the store makes of it.
  Consumer<Reply> refining(Request.Complete request, Consumer<Reply> reply) {
    return given -> {
      boolean unknown =
          given instanceof Reply.Refused refused && refused.problem().code() == ErrorCode.NOT_FOUND;
      if (!unknown) {
        reply.accept(given);
        return;
      }
      try {
        reader.execute(() -> reply.accept(known(request.awakeable())));
      } catch (RejectedExecutionException e) {
        reply.accept(new Reply.Refused(Refusals.ended()));
      }
    };
  }

  /// Stops; waits for what is under way.
  void stop() {
    reader.shutdown();
    reader.close();
  }

  private Reply known(String place) {
    try {
      String id = Ids.invocationOf(place);
      InvocationRow row = store.invocation(id);
      if (row == null || store.steps(id).stream().noneMatch(step -> is(step, place))) {
        return new Reply.Refused(Refusals.noAwakeable(place));
      }
      return new Reply.Standing(id, row.status(), false);
    } catch (StoreException e) {
      return new Reply.Refused(Refusals.unreadable(e));
    }
  }

  private static boolean is(StepRow step, String place) {
    return step.kind() == StepRow.Kind.AWAKEABLE
        && step.name().isEmpty()
        && step.status() != StepRow.Status.PENDING
        && Ids.place(step.invocation(), step.life(), step.position()).equals(place);
  }
}
