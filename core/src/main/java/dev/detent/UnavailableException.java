// SPDX-License-Identifier: Apache-2.0
package dev.detent;

import org.jspecify.annotations.Nullable;

/// Says that nothing happened because too much is waiting or the store is out of reach: retry
/// later.
public final class UnavailableException extends DetentException {
  private static final long serialVersionUID = 1L;

  UnavailableException(Problem problem, @Nullable Throwable cause) {
    super(problem, cause);
  }
}
