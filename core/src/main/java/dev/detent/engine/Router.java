// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.store.Store;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Brings each request to the lane that owns its partition.
///
/// **Threads**: safe for any number of threads.
final class Router {
  private final Store store;
  private volatile @Nullable Lanes lanes;

  Router(Store store) {
    this.store = store;
  }

  /// Says where the lanes of this node are.
  void connect(Lanes own) {
    lanes = own;
  }

  /// Submits a handler's request.
  void submit(Request request, Consumer<Reply> reply) {
    route(Asking.of(request, Submission.Asker.Origin.HANDLER, reply));
  }

  /// Brings a request to its owner.
  void route(Submission.Asked asked) {
    int partition =
        switch (asked) {
          case Submission.AskedInstance of -> of.key().partition(store.partitions());
          case Submission.AskedInvocation of -> of.partition();
        };
    Objects.requireNonNull(lanes, "lanes are connected before they are asked")
        .submit(asked, partition);
  }
}
