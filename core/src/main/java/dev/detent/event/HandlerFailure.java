// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

/// Carries what a handler threw out of a transaction, with the event that it threw it about.
final class HandlerFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /// Says that it is not known which event of several is to blame.
  static final int UNKNOWN = -1;

  private final int index;

  /// Makes a failure.
  ///
  /// @param index the event's place among those that were handled together
  HandlerFailure(int index, Throwable cause) {
    super(null, cause, false, false);
    this.index = index;
  }

  int index() {
    return index;
  }

  /// Returns what was thrown.
  Throwable thrown() {
    Throwable cause = getCause();
    return cause == null ? this : cause;
  }
}
