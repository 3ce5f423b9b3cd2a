// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import dev.detent.engine.Reply;
import dev.detent.engine.Request;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// Says what a command does to come to its answer.
sealed interface Step {
  /// Answers at once.
  record Now(Answer answer) implements Step {}

  /// Asks the engine. Later commands of the connection need not wait: the engine keeps the order of
  /// each key.
  ///
  /// @param requests what to ask, in order
  /// @param then makes the answer of the replies, which are in the same order; it is pure
  record Ask(List<Request.OfInstance> requests, Function<List<Reply>, Answer> then)
      implements Step {}

  /// Does what blocks, after all that came before is answered and before all that comes after.
  record Work(Supplier<Answer> work) implements Step {
    /// Does it.
    Answer answer() {
      try {
        return work.get();
      } catch (RuntimeException e) {
        return Refusal.of(e);
      }
    }
  }

  /// Does what may take as long as it likes, after all that came before is answered and before all
  /// that comes after.
  ///
  /// @param begin begins, given who takes the answer on any thread, and returns what ends it when
  ///   the connection closes
  record Later(Function<Consumer<Answer>, Runnable> begin) implements Step {}

  /// Answers at once.
  static Step now(Answer answer) {
    return new Now(answer);
  }

  /// Asks one thing.
  static Step ask(Request.OfInstance request, Function<Reply, Answer> then) {
    return new Ask(List.of(request), replies -> then.apply(replies.getFirst()));
  }
}
