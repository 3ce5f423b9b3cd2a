// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.machine.Machine;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Runs commands and reads, in their order, in one transaction. One that is refused leaves no trace
/// and does not undo the others.
final class Together {
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
  private final List<Request.OfInstance> requests;
  private final Map<Key, Long> unchanged;

  Together(
      Function<String, @Nullable Machine> machines,
      List<Request.OfInstance> requests,
      Map<Key, Long> unchanged) {
    this.machines = machines;
    this.requests = requests;
    this.unchanged = unchanged;
  }

  /// Runs them, or returns null if an instance was to be unchanged and is not.
  @Nullable List<Reply> run(JoinedTransaction transaction) {
    var keys = new LinkedHashSet<>(unchanged.keySet());
    requests.forEach(request -> keys.add(request.key()));
    transaction.lock(keys.toArray(Key[]::new));
    for (Map.Entry<Key, Long> watched : unchanged.entrySet()) {
      if (version(transaction, watched.getKey()) != watched.getValue()) {
        return null;
      }
    }
    var replies = new ArrayList<Reply>(requests.size());
    requests.forEach(request -> replies.add(reply(transaction, request)));
    return replies;
  }

  private static long version(JoinedTransaction transaction, Key key) {
    Instance instance = transaction.read(key);
    return instance == null ? 0 : instance.version();
  }

  private Reply reply(JoinedTransaction transaction, Request.OfInstance request) {
    try {
      return switch (request) {
        case Request.Call call -> called(transaction, call);
        case Request.Read read -> found(transaction, read.key());
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

  private static Reply called(JoinedTransaction transaction, Request.Call call) {
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

  private Reply found(JoinedTransaction transaction, Key key) {
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
