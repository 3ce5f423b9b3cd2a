// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.store.TimerRow;
import dev.detent.store.Token;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Waits in a lane to be decided: somebody's request, or a timer whose time has come.
sealed interface Submission {
  /// Returns the instance.
  Key key();

  /// Returns the idempotency key in its scope, or null.
  @Nullable Token token();

  /// Returns the id of the invocation that must be read first, or null.
  @Nullable String invocation();

  /// Comes from outside and is answered.
  ///
  /// @param request what is asked
  /// @param token the idempotency key in its scope, or null
  /// @param fingerprint of command and input; empty without a token
  /// @param bytes about how much memory it takes
  /// @param submittedNanos when it came, in nanoseconds of an arbitrary origin
  /// @param reply takes the answer
  record Asked(
      Request request,
      @Nullable Token token,
      String fingerprint,
      int bytes,
      long submittedNanos,
      Consumer<Reply> reply)
      implements Submission {
    @Override
    public Key key() {
      return request.key();
    }

    @Override
    public @Nullable String invocation() {
      return null;
    }
  }

  /// Comes from the store's timers.
  ///
  /// @param timer the timer
  record Due(TimerRow timer) implements Submission {
    @Override
    public Key key() {
      return timer.key();
    }

    @Override
    public @Nullable Token token() {
      return null;
    }

    @Override
    public @Nullable String invocation() {
      return timer.invocation();
    }
  }
}
