// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.journal.Ending;
import dev.detent.journal.Entry;
import dev.detent.store.StepRow;
import dev.detent.store.TimerRow;
import dev.detent.store.Token;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Waits in a lane to be decided: somebody's request, a timer whose time has come, or what became
/// of an invocation.
sealed interface Submission {
  /// Returns the idempotency key in its scope, or null.
  default @Nullable Token token() {
    return null;
  }

  /// Returns the id of the invocation that must be read first, or null.
  default @Nullable String invocation() {
    return null;
  }

  /// Is decided on an instance, which must be read first.
  sealed interface OfInstance extends Submission {
    /// Returns the instance.
    Key key();
  }

  /// Is decided on an open invocation, which is in memory.
  sealed interface OfInvocation extends Submission {
    /// Returns the invocation's partition.
    int partition();
  }

  /// Comes from an attempt, which waits for what becomes of it.
  sealed interface OfAttempt extends Submission {
    /// Returns the invocation's id.
    String of();

    /// Returns the attempt's number.
    long attempt();
  }

  /// Comes from outside and is answered.
  sealed interface Asked extends Submission {
    /// Returns what is asked.
    Request request();

    /// Returns who waits for the answer.
    Asker asker();

    /// Returns the same, asked by somebody else.
    Asked with(Asker other);
  }

  /// Waits for an answer.
  ///
  /// @param machine the machine's name, or empty if it is not known
  /// @param bytes about how much memory the request takes
  /// @param submittedNanos when it came, in nanoseconds of an arbitrary origin
  /// @param origin where it came from
  /// @param reply takes the answer
  record Asker(
      String machine, int bytes, long submittedNanos, Origin origin, Consumer<Reply> reply) {
    /// Says where a request came from.
    enum Origin {
      /// A client of this node: it is counted among the admitted ones.
      CLIENT,
      /// A handler of this node.
      HANDLER,
      /// Another node, which sent it here because this one owns the partition.
      NODE
    }

    /// Returns the same, who gets other answers.
    ///
    /// @param change makes an answer of an answer
    Asker after(UnaryOperator<Reply> change) {
      return new Asker(
          machine, bytes, submittedNanos, origin, answer -> reply.accept(change.apply(answer)));
    }
  }

  /// Asks something of an instance.
  ///
  /// @param request what is asked
  /// @param token the idempotency key in its scope, or null
  /// @param fingerprint of command and input; empty without a token
  /// @param asker who waits for the answer
  record AskedInstance(
      Request.OfInstance request, @Nullable Token token, String fingerprint, Asker asker)
      implements OfInstance, Asked {
    @Override
    public Key key() {
      return request.key();
    }

    @Override
    public @Nullable String invocation() {
      return request instanceof Request.Deliver deliver ? deliver.id() : null;
    }

    @Override
    public Asked with(Asker other) {
      return new AskedInstance(request, token, fingerprint, other);
    }
  }

  /// Asks something of an invocation.
  ///
  /// @param request what is asked
  /// @param partition the invocation's partition
  /// @param asker who waits for the answer
  /// @param since how it came to be asked
  record AskedInvocation(Request.OfInvocation request, int partition, Asker asker, Since since)
      implements OfInvocation, Asked {
    AskedInvocation(Request.OfInvocation request, int partition, Asker asker) {
      this(request, partition, asker, Since.NOW);
    }

    /// Says how a request came to be asked.
    enum Since {
      /// It came like this.
      NOW,
      /// It was accepted, and is now to learn how that ends.
      ACCEPTED,
      /// It repeated one that was accepted.
      REPEATED
    }

    @Override
    public Asked with(Asker other) {
      return new AskedInvocation(request, partition, other, since);
    }

    /// Tells whether something of it was accepted: it must not be told that nothing happened.
    boolean accepted() {
      return since != Since.NOW;
    }

    /// Tells whether its answer is that of an earlier one.
    boolean replayed() {
      return since == Since.REPEATED;
    }
  }

  /// Comes from the store's timers.
  ///
  /// @param timer the timer
  record Due(TimerRow timer) implements OfInstance {
    @Override
    public Key key() {
      return timer.key();
    }

    @Override
    public @Nullable String invocation() {
      return timer.invocation();
    }
  }

  /// Lets the first in an instance's line run, if it may.
  ///
  /// @param key the instance
  record Turn(Key key) implements OfInstance {}

  /// Let the first in an instance's line run, which is in a batch that is not committed yet.
  ///
  /// @param key the instance
  /// @param of the invocation's id
  record Turned(Key key, String of) implements OfInstance {}

  /// Says that an attempt has come to an end.
  ///
  /// @param key the instance
  /// @param of the invocation's id
  /// @param attempt the attempt's number
  /// @param ending what came of it
  record Ended(Key key, String of, long attempt, Ending ending) implements OfInstance, OfAttempt {}

  /// Records an entry of a journal.
  ///
  /// @param partition the invocation's partition
  /// @param of the invocation's id
  /// @param attempt the attempt's number
  /// @param entry the entry
  /// @param recorded takes the entry as it is recorded, once it is durable
  record Append(int partition, String of, long attempt, Entry entry, Consumer<StepRow> recorded)
      implements OfInvocation, OfAttempt {}

  /// Says what came of a command to another instance.
  ///
  /// @param step the entry that asked
  /// @param reply the answer
  record Answered(StepRow step, Reply reply) implements OfInvocation {
    @Override
    public int partition() {
      return step.partition();
    }
  }

  /// Says that the deadline of an awakeable has passed.
  ///
  /// @param partition the invocation's partition
  /// @param wake the awakeable
  record Late(int partition, Agenda.Wake wake) implements OfInvocation {}

  /// Comes after all that was submitted before for a partition, and says what becomes of that.
  ///
  /// @param partition the partition
  /// @param looked whether the lane has looked at the fence since it came
  /// @param reached takes whether the lane owns the partition, once nothing that was submitted
  ///   before can be sent elsewhere unless what is submitted later is too; false means that nothing
  ///   is left of it
  record Barrier(int partition, boolean looked, Consumer<Boolean> reached) implements Submission {
    /// Returns the same, after a look at the fence.
    Barrier afterLook() {
      return new Barrier(partition, true, reached);
    }
  }
}
