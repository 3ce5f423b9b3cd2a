// SPDX-License-Identifier: Apache-2.0
package dev.detent;

import org.jspecify.annotations.Nullable;

/// Says that the code that ran for the request failed for good; the state is untouched.
public final class FailedException extends DetentException {
  private static final long serialVersionUID = 1L;

  FailedException(Problem problem, @Nullable Throwable cause) {
    super(problem, cause);
  }
}
