// SPDX-License-Identifier: Apache-2.0
package dev.detent.handler;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Says that the invocation is cancelled, or one that it called: the place to undo what was done.
///
/// It comes out of the wait that the handler is in or comes to next, once for the handler and once
/// for each branch that runs then. Waits are `sleep`, `call`, `signal`, `all`, `any`, an
/// awakeable's `await`, and the pauses after which a step is tried again; a call comes to its end
/// first. Steps and waits that follow work as ever, so that compensation can be durable too. A
/// handler that lets it pass ends as cancelled; one that returns a state nevertheless, ends as if
/// nothing had been.
public final class CancelledException extends TerminalException {
  private static final long serialVersionUID = 1L;

  CancelledException(String message, Map<?, ?> details, @Nullable Throwable cause) {
    super(CANCELLED, message, details, cause);
  }
}
