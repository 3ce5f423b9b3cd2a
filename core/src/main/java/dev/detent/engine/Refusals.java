// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.store.StoreException;

/// Words the answers for what could not be brought to its end.
final class Refusals {
  private Refusals() {}

  /// Says that no machine of that name runs here.
  static Problem noMachine(String name) {
    return Problem.of(ErrorCode.NOT_FOUND, "there is no machine " + name + "; see /api/machines")
        .with("what", "machine")
        .with("machine", name);
  }

  /// Says that the store could not be read.
  static Problem unreadable(StoreException failure) {
    return Problem.of(
        ErrorCode.UNAVAILABLE,
        "the store can't be read: " + Trouble.text(failure) + "; retry later");
  }

  /// Says that the process ends before the end of a request is known.
  static Problem stopping() {
    return Problem.of(
        ErrorCode.OUTCOME_UNKNOWN,
        "the server is stopping before the end of this is known;"
            + " ask again with the same idempotency key");
  }

  /// Says that the lane that would decide a request has ended.
  static Problem ended() {
    return Problem.of(
        ErrorCode.UNAVAILABLE, "the server is stopping, nothing happened; retry later");
  }

  /// Says that nobody knows whether a request is committed.
  static Problem unknown(Key key) {
    return Problem.of(
            ErrorCode.OUTCOME_UNKNOWN,
            key
                + ": accepted, but the store did not say whether it is committed;"
                + " ask again with the same idempotency key")
        .at(key);
  }

  /// Says that the database will never take what a command writes.
  static Problem rejected(Key key, StoreException failure) {
    return Problem.of(
            ErrorCode.INTERNAL,
            key + ": the database refuses this command: " + Trouble.text(failure))
        .at(key);
  }
}
