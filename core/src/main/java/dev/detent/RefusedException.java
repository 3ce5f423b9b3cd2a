// SPDX-License-Identifier: Apache-2.0
package dev.detent;

import org.jspecify.annotations.Nullable;

/// Says that the request can't be done as it stands: nothing happened, and repeating it changes
/// nothing.
public final class RefusedException extends DetentException {
  private static final long serialVersionUID = 1L;

  RefusedException(Problem problem, @Nullable Throwable cause) {
    super(problem, cause);
  }
}
