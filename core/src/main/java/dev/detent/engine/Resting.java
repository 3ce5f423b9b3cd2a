// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import org.jspecify.annotations.Nullable;

/// Holds an answer that writes nothing, and the batch whose commit it waits for.
///
/// @param reply the answer; null if nobody is answered by it
/// @param batch the number of the batch that it rests on
/// @param looks whether it may be wrong if somebody else wrote meanwhile
/// @param then what to do when it is true, or null
record Resting(@Nullable Reply reply, long batch, boolean looks, @Nullable Runnable then) {
  Resting(@Nullable Reply reply, long batch) {
    this(reply, batch, true, null);
  }

  /// Rests on nothing, answers nobody.
  static Resting nothing() {
    return new Resting(null, 0, false, null);
  }
}
