// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Problem;
import org.jspecify.annotations.Nullable;

/// Does for a passage what it can't do itself.
interface Way {
  /// Hands a request to this node's lane; what comes back comes by [Passage#astray].
  void submit(Passage to, Submission.Asked asked);

  /// Sends a request to another node; ends in [Passage#ended] or [Passage#returned].
  void forward(Passage from, Submission.Asked asked, String owner);

  /// Has this node's lane give back what it does not act on; answers by [Passage#laneCleared],
  /// after all that came back.
  ///
  /// @param round names this wish
  void clearLane(Passage of, long round);

  /// Asks another node for all that it has not acted on; answers by [Passage#cleared], after all
  /// that came back.
  ///
  /// @param round names this wish
  void clear(Passage of, String owner, long round);

  /// Tells another node that a request has to go elsewhere.
  void sendBack(Submission.Asked asked);

  /// Refuses a request, of which nothing has happened.
  ///
  /// @param why or null if there is no owner
  void refuse(Submission.Asked asked, @Nullable Problem why);

  /// Has [Passage#due] called after a pause.
  void later(Passage of);
}
