// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

/// Decides what a transition does: the code of the user, adapted.
///
/// **Guarantees**: pure. It may run several times for one transition that is committed once, so it
/// must have no effects and must give the same outcome for the same situation.
@FunctionalInterface
public interface Action {
  /// Decides.
  ///
  /// @throws dev.detent.DetentException if the input does not fit, or the user's code fails
  Outcome apply(Situation situation);
}
