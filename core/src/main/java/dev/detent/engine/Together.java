// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.machine.Machine;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Runs commands and reads, one after the other, in one transaction: they commit together or not at
/// all. One that is refused leaves no trace and does not undo the others.
///
/// **Threads**: the one that [Engine#together] runs its work on, and only until that returns.
public final class Together {
  /// What refuses one command only; anything else undoes all.
  private static final Set<ErrorCode> OWN =
      Set.of(
          ErrorCode.BAD_REQUEST,
          ErrorCode.INVALID_INPUT,
          ErrorCode.NOT_FOUND,
          ErrorCode.TRANSITION_NOT_ALLOWED,
          ErrorCode.ALREADY_EXISTS,
          ErrorCode.VERSION_MISMATCH,
          ErrorCode.HANDLER_FAILED);

  private final Function<String, @Nullable Machine> machines;
  private final JoinedTransaction transaction;

  /// Says what may be touched, so that it is locked at once and in order.
  ///
  /// @param keys the instances that are asked
  /// @param all whether others are asked too, which only the store knows: then nobody else moves
  ///   anything meanwhile
  /// @param unchanged versions that instances must have, 0 for none
  public record Scope(Set<Key> keys, boolean all, Map<Key, Long> unchanged) {}

  private Together(Function<String, @Nullable Machine> machines, JoinedTransaction transaction) {
    this.machines = machines;
    this.transaction = transaction;
  }

  /// Runs work in a transaction, or returns null if an instance was to be unchanged and is not.
  static <T> @Nullable T run(
      Function<String, @Nullable Machine> machines,
      JoinedTransaction transaction,
      Scope scope,
      Function<Together, T> work) {
    if (scope.all()) {
      transaction.lockAll();
    } else {
      var keys = new HashSet<>(scope.unchanged().keySet());
      keys.addAll(scope.keys());
      transaction.lock(keys.toArray(Key[]::new));
    }
    for (Map.Entry<Key, Long> watched : scope.unchanged().entrySet()) {
      if (version(transaction, watched.getKey()) != watched.getValue()) {
        return null;
      }
    }
    return work.apply(new Together(machines, transaction));
  }

  private static long version(JoinedTransaction transaction, Key key) {
    Instance instance = transaction.read(key);
    return instance == null ? 0 : instance.version();
  }

  /// Runs a command or reads, and sees what was done before.
  ///
  /// @param request a call of a pure transition, without idempotency key, or a read
  /// @throws DetentException to undo everything
  public Reply ask(Request.OfInstance request) {
    try {
      return switch (request) {
        case Request.Call call -> called(call);
        case Request.Read read -> found(read.key());
        default ->
            throw Problem.of(
                    ErrorCode.BAD_REQUEST,
                    request.key() + ": expected a command or a read in a transaction, got another")
                .at(request.key())
                .exception();
      };
    } catch (DetentException e) {
      if (!OWN.contains(e.problem().code())) {
        throw e;
      }
      return new Reply.Refused(e.problem());
    }
  }

  /// Lists instances of a machine in the order of their keys, with what was done before.
  ///
  /// @param machine the machine's name
  /// @param after only keys above this one, or null for all
  /// @param limit at most so many, 1 to 1,000
  public List<Instance> list(String machine, @Nullable String after, int limit) {
    return transaction.list(machine, after, limit);
  }

  private Reply called(Request.Call call) {
    Key key = call.key();
    if (call.idempotencyKey() != null) {
      throw Problem.of(
              ErrorCode.BAD_REQUEST,
              key + ": expected no idempotency key in a transaction, got one; leave it out")
          .at(key)
          .exception();
    }
    var options = new MoveOptions(call.precondition(), null);
    Moved moved = transaction.call(key, call.command(), call.input(), options);
    Instance after = moved.instance();
    return new Reply.Done("", moved.output(), after.shownState(), after.version(), false);
  }

  private Reply found(Key key) {
    Instance instance = transaction.read(key);
    Machine machine = machines.apply(key.machine());
    if (instance == null) {
      Problem missing =
          machine == null ? Refusals.noMachine(key.machine()) : Kernel.noInstance(machine, key);
      return new Reply.Refused(missing);
    }
    return new Reply.Found(instance, null);
  }
}
