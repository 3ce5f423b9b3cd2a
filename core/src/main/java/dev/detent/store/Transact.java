// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import java.sql.Connection;

/// Runs SQL of the user's in a transaction that also records a step.
@FunctionalInterface
public interface Transact {
  /// Runs it.
  ///
  /// @param connection the transaction's; it must not be committed, rolled back or closed
  /// @return the step as it is to be recorded
  /// @throws Exception to roll everything back
  StepRow run(Connection connection) throws Exception;
}
