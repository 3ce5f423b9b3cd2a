// SPDX-License-Identifier: Apache-2.0
package dev.detent;

import org.jspecify.annotations.Nullable;

/// Says that the request was accepted but its end is not known here: ask again with the same
/// idempotency key.
public final class OutcomeUnknownException extends DetentException {
  private static final long serialVersionUID = 1L;

  OutcomeUnknownException(Problem problem, @Nullable Throwable cause) {
    super(problem, cause);
  }
}
