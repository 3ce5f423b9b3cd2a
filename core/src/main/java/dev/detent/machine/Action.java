// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/// Decides what a transition does: the code of the user, adapted.
///
/// **Guarantees**: pure, unless its transition is durable. It may run several times for one
/// transition that is committed once, so it must have no effects but those of the situation's
/// context, and must give the same outcome for the same situation.
@FunctionalInterface
public interface Action {
  /// Decides.
  ///
  /// @throws dev.detent.DetentException if the input does not fit, or the user's code fails; what
  ///   the code of a durable transition throws comes as it is, even if it is a checked exception
  Outcome apply(Situation situation);

  /// Checks whether the input fits, without running anything of the user's but constructors.
  ///
  /// A durable transition is best checked before it is begun.
  ///
  /// @throws dev.detent.RefusedException INVALID_INPUT if it does not
  default void check(Situation situation) {}

  /// Returns the type of the input that it takes, or null if it takes none or does not know.
  default @Nullable Type input() {
    return null;
  }
}
