// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import dev.detent.Key;
import dev.detent.engine.Reply;
import dev.detent.engine.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Serves transactions: what is queued commits together or not at all.
final class TransactionCommands {
  private static final String GROUP = "transactions";
  private static final Answer ABORTED =
      new Answer.Failure("EXECABORT Transaction discarded because of previous errors.");

  private TransactionCommands() {}

  static List<Command> all() {
    return List.of(
        Command.of("multi", 1, "noscript fast", TransactionCommands::multi)
            .docs(GROUP, "Begins to queue commands.", ""),
        Command.of("exec", 1, "noscript", TransactionCommands::exec)
            .docs(GROUP, "Commits what is queued, as one.", ""),
        Command.of("discard", 1, "noscript fast", TransactionCommands::discard)
            .docs(GROUP, "Forgets what is queued.", ""),
        Command.of("watch", -2, "noscript fast", Command.Keys.ALL, TransactionCommands::watch)
            .docs(GROUP, "Lets EXEC do nothing if one of the keys changes before.", "key..."),
        Command.of("unwatch", 1, "noscript fast", TransactionCommands::unwatch)
            .docs(GROUP, "Forgets what is watched.", ""));
  }

  private static Step multi(Call call) {
    if (call.session().transaction().open()) {
      throw new Refusal(Answer.error("MULTI calls can not be nested"));
    }
    call.session().transaction().begin();
    return Step.now(Answer.OK);
  }

  private static Step discard(Call call) {
    requireOpen(call, "DISCARD");
    call.session().transaction().discard();
    return Step.now(Answer.OK);
  }

  private static void requireOpen(Call call, String name) {
    if (!call.session().transaction().open()) {
      throw new Refusal(Answer.error(name + " without MULTI"));
    }
  }

  private static Step watch(Call call) {
    Transaction transaction = call.session().transaction();
    if (transaction.open()) {
      throw new Refusal(Answer.error("WATCH inside MULTI is not allowed"));
    }
    var reads = new ArrayList<Request.OfInstance>();
    for (int i = 1; i < call.count(); i++) {
      reads.add(new Request.Read(call.key(i)));
    }
    Map<Key, Long> watched = transaction.watched();
    return new Step.Ask(
        reads,
        replies -> {
          for (int i = 0; i < reads.size(); i++) {
            Answer failure = watched(watched, reads.get(i).key(), replies.get(i));
            if (failure instanceof Answer.Failure) {
              return failure;
            }
          }
          return Answer.OK;
        });
  }

  private static Answer watched(Map<Key, Long> watched, Key key, Reply reply) {
    Answer answer = reply instanceof Reply.Found ? Answer.OK : Keys.otherwise(reply, Answer.OK);
    watched.putIfAbsent(key, reply instanceof Reply.Found found ? found.instance().version() : 0L);
    return answer;
  }

  private static Step unwatch(Call call) {
    call.session().transaction().unwatch();
    return Step.now(Answer.OK);
  }

  private static Step exec(Call call) {
    requireOpen(call, "EXEC");
    Transaction transaction = call.session().transaction();
    boolean spoiled = transaction.spoiled();
    List<Call> queued = transaction.queued();
    if (spoiled) {
      transaction.discard();
      return Step.now(ABORTED);
    }
    var steps = new ArrayList<Step>(queued.size());
    queued.forEach(one -> steps.add(begin(one)));
    Map<Key, Long> watched = transaction.watched();
    transaction.discard();
    // When it is executed, all before is answered, so what is watched is known.
    return new Step.Phased(new Execution(call.shared().engine(), steps, watched)::run);
  }

  private static Step begin(Call call) {
    try {
      return call.command().handler().run(call);
    } catch (RuntimeException e) {
      return Step.now(Refusal.of(e));
    }
  }
}
