// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import dev.detent.Key;
import dev.detent.engine.Engine;
import dev.detent.engine.Instance;
import dev.detent.engine.Reply;
import dev.detent.engine.Request;
import dev.detent.engine.Together;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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

  /// Looks at an instance, whatever runs on it. If that can be answered at once and nothing that
  /// this connection asked is under way, the engine is not asked: later commands see no less than
  /// earlier ones.
  ///
  /// @param key the instance
  /// @param then makes the answer of the reply; it is pure
  record Look(Key key, Function<Reply, Answer> then) implements Step {
    /// Returns the answer to what was found.
    Answer answer(Instance found) {
      try {
        return then.apply(new Reply.Found(found, null));
      } catch (RuntimeException e) {
        return Refusal.of(e);
      }
    }

    /// Asks the engine for it.
    Ask ask() {
      return new Ask(List.of(new Request.Read(key)), replies -> then.apply(replies.getFirst()));
    }
  }

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

  /// Asks one thing after the other, in one transaction with whatever else is in it; after all that
  /// came before is answered and before all that comes after.
  ///
  /// @param keys the instances that it asks
  /// @param all whether it asks others too, which only the store knows
  /// @param work what it does; what it throws undoes everything, but for a [Refusal]
  record Inside(Set<Key> keys, boolean all, Function<Together, Answer> work) implements Step {
    /// Does it within a transaction.
    Answer answer(Together together) {
      try {
        return work.apply(together);
      } catch (Refusal e) {
        return e.answer();
      }
    }

    /// Does it in a transaction of its own.
    Work alone(Engine engine) {
      var scope = new Together.Scope(keys, all, Map.of());
      return new Work(() -> Objects.requireNonNull(engine.together(scope, this::answer)));
    }
  }

  /// Does what blocks, as [Work] does, and then what only the event loop may do.
  ///
  /// @param work blocks, and returns what makes the answer on the event loop
  record Phased(Supplier<Supplier<Heard>> work) implements Step {
    /// Does what blocks.
    Supplier<Heard> begun() {
      try {
        return work.get();
      } catch (RuntimeException e) {
        Answer answer = Refusal.of(e);
        return () -> Heard.of(answer);
      }
    }
  }

  /// Holds an answer and what is to be done once it is on its way.
  record Heard(Answer answer, Runnable after) {
    /// Returns an answer after which there is nothing to be done.
    static Heard of(Answer answer) {
      return new Heard(answer, () -> {});
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
