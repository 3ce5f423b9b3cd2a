// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.codec.Json;
import dev.detent.codec.Value;
import org.jspecify.annotations.Nullable;

/// Does what a method of an annotated class does.
interface Call extends Action {
  /// Answers as a query.
  Json answer(Situation situation);

  /// Returns the state of keys that were never touched, or null if the method gives none.
  @Nullable Value initial();
}
