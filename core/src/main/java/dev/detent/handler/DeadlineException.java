// SPDX-License-Identifier: Apache-2.0
package dev.detent.handler;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Says that an [Awakeable] was not answered before its deadline.
public final class DeadlineException extends TerminalException {
  private static final long serialVersionUID = 1L;

  DeadlineException(String message, Map<?, ?> details, @Nullable Throwable cause) {
    super(DEADLINE, message, details, cause);
  }
}
