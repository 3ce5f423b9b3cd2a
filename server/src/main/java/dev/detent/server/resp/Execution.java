// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import dev.detent.Key;
import dev.detent.engine.Engine;
import dev.detent.engine.Reply;
import dev.detent.engine.Together;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Executes what a transaction has queued: what asks instances commits together or not at all.
///
/// What lists or counts keys and events is not part of what commits: it is asked before that where
/// it stands before all that is, else after it. What belongs to the event loop comes last.
///
/// **Threads**: one, which it blocks.
final class Execution {
  private static final Step.Heard CHANGED = Step.Heard.of(Answer.NIL_ITEMS);

  private final Engine engine;
  private final List<Step> steps;
  private final Map<Key, Long> watched;
  private final List<Supplier<Step.Heard>> answers;

  /// Prepares it.
  ///
  /// @param steps what was queued
  /// @param watched versions that instances must have
  Execution(Engine engine, List<Step> steps, Map<Key, Long> watched) {
    this.engine = engine;
    this.steps = steps.stream().map(Execution::asked).toList();
    this.watched = watched;
    this.answers = new ArrayList<>(Collections.nCopies(steps.size(), () -> CHANGED));
  }

  private static Step asked(Step step) {
    return step instanceof Step.Look look ? look.ask() : step;
  }

  /// Executes it, and returns what makes the answer on the event loop.
  Supplier<Step.Heard> run() {
    int first = 0;
    while (first < steps.size() && !commits(steps.get(first))) {
      first++;
    }
    beside(0, first);
    boolean commits = first < steps.size();
    if ((commits || !watched.isEmpty()) && engine.together(scope(), this::within) == null) {
      return () -> CHANGED;
    }
    beside(first, steps.size());
    return () -> heard(answers.stream().map(Supplier::get).toList());
  }

  private static boolean commits(Step step) {
    return step instanceof Step.Ask || step instanceof Step.Inside;
  }

  private Together.Scope scope() {
    var keys = new HashSet<Key>();
    boolean all = false;
    for (Step step : steps) {
      if (step instanceof Step.Ask ask) {
        ask.requests().forEach(request -> keys.add(request.key()));
      } else if (step instanceof Step.Inside inside) {
        keys.addAll(inside.keys());
        all |= inside.all();
      }
    }
    return new Together.Scope(keys, all, watched);
  }

  private Boolean within(Together together) {
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      if (step instanceof Step.Ask ask) {
        answer(i, answered(ask, ask.requests().stream().map(together::ask).toList()));
      } else if (step instanceof Step.Inside inside) {
        answer(i, inside.answer(together));
      }
    }
    return true;
  }

  private static Answer answered(Step.Ask ask, List<Reply> replies) {
    try {
      return ask.then().apply(replies);
    } catch (RuntimeException e) {
      return Refusal.of(e);
    }
  }

  private void beside(int from, int to) {
    for (int i = from; i < to; i++) {
      switch (steps.get(i)) {
        case Step.Now(Answer answer) -> answer(i, answer);
        case Step.Work work -> answer(i, work.answer());
        case Step.Phased phased -> answers.set(i, phased.begun());
        case Step.Later _ -> answer(i, Dispatcher.NOT_QUEUED);
        case Step.Ask _, Step.Look _, Step.Inside _ -> {} // answered within
      }
    }
  }

  private void answer(int index, Answer answer) {
    var heard = Step.Heard.of(answer);
    answers.set(index, () -> heard);
  }

  private static Step.Heard heard(List<Step.Heard> all) {
    var items = new ArrayList<Answer>(all.size());
    all.forEach(one -> items.add(one.answer()));
    return new Step.Heard(new Answer.Items(items), () -> all.forEach(one -> one.after().run()));
  }
}
