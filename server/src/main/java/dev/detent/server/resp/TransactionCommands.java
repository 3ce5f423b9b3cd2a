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
    Shared shared = call.shared();
    if (spoiled) {
      transaction.discard();
      return Step.now(ABORTED);
    }
    var steps = new ArrayList<Step>(queued.size());
    var requests = new ArrayList<Request.OfInstance>();
    for (Call one : queued) {
      Step step = begin(one);
      steps.add(step);
      if (step instanceof Step.Ask ask) {
        requests.addAll(ask.requests());
      }
    }
    Map<Key, Long> watched = transaction.watched();
    transaction.discard();
    return new Step.Work(() -> {
      // All before is answered by now, so what is watched is known.
      int first = 0;
      while (first < steps.size() && !(steps.get(first) instanceof Step.Ask)) {
        first++;
      }
      List<Answer> before = answers(steps.subList(0, first), List.of());
      List<Reply> replies =
          requests.isEmpty() && watched.isEmpty()
              ? List.of()
              : shared.engine().together(requests, watched);
      if (replies == null) {
        return Answer.NIL_ITEMS;
      }
      var all = new ArrayList<Answer>(before);
      all.addAll(answers(steps.subList(first, steps.size()), replies));
      return new Answer.Items(all);
    });
  }

  private static Step begin(Call call) {
    try {
      return call.command().handler().run(call);
    } catch (RuntimeException e) {
      return Step.now(Refusal.of(e));
    }
  }

  /// Answers what was queued. What lists or counts keys and events is not part of what commits: it
  /// is asked before that where it stands before all that is, else after it.
  private static List<Answer> answers(List<Step> steps, List<Reply> replies) {
    var answers = new ArrayList<Answer>(steps.size());
    int next = 0;
    for (Step step : steps) {
      switch (step) {
        case Step.Now(Answer answer) -> answers.add(answer);
        case Step.Ask ask -> {
          int end = next + ask.requests().size();
          answers.add(answered(ask, replies.subList(next, end)));
          next = end;
        }
        case Step.Work work -> answers.add(work.answer());
        case Step.Later _ -> answers.add(Dispatcher.NOT_QUEUED);
      }
    }
    return answers;
  }

  private static Answer answered(Step.Ask ask, List<Reply> replies) {
    try {
      return ask.then().apply(replies);
    } catch (RuntimeException e) {
      return Refusal.of(e);
    }
  }
}
