// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.journal.Ending;
import dev.detent.store.Batch;
import dev.detent.store.InvocationRow;
import dev.detent.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Hands each submission of a lane to the one that decides about it, once all is read that this
/// needs.
final class Deciding {
  private final LaneMemory memory;
  private final LaneEffects effects;
  private final Answers answers;
  private final Recorder recorder;
  private final Invoking invoking;
  private final Journaling journaling;
  private final Controls controls;
  private final Reading reading;
  private final Sought sought = new Sought();
  private long committed;

  Deciding(LaneMemory memory, LaneEffects effects, Answers answers, Invoking.Setting rules) {
    this.memory = memory;
    this.effects = effects;
    this.answers = answers;
    var moves = new Moves(memory);
    this.invoking = new Invoking(memory, moves, effects, rules);
    this.recorder = new Recorder(memory, invoking, moves, sought, effects);
    this.journaling = new Journaling(memory, invoking, effects);
    this.controls = new Controls(memory, invoking, journaling, effects, rules.limits());
    this.reading = new Reading(memory, sought);
  }

  Invoking invoking() {
    return invoking;
  }

  Journaling journaling() {
    return journaling;
  }

  Reading reading() {
    return reading;
  }

  /// Returns what is to be decided next, before anything else, or null.
  @Nullable Submission takeFollowing() {
    return invoking.takeFollowing();
  }

  /// Decides a submission, or keeps it until what it needs is read.
  ///
  /// @return an answer that writes nothing, or null if it is held by the forming batch or kept
  @Nullable Resting decide(Submission submission, Forming forming, long now) {
    return switch (submission) {
      case Submission.OfInstance of -> decide(of, forming, now);
      case Submission.OfInvocation of -> {
        long at = memory.partitions().timeFor(of.partition(), now);
        yield decide(of, new Where(forming, of.partition(), at));
      }
      case Submission.Barrier barrier -> {
        barrier.reached().accept(true);
        yield null;
      }
    };
  }

  private @Nullable Resting decide(Submission.OfInstance submission, Forming forming, long now) {
    InstanceCache.Entry entry = reading.entry(submission.key());
    if (!reading.ready(entry, submission) || !entry.waiting().isEmpty()) {
      entry.waiting().addLast(submission);
      return null;
    }
    boolean certain = entry.begin(forming.number());
    if (!certain && (!mayMove(submission) || memory.doubts().has(entry.key().machine(), now))) {
      reading.again(entry, submission);
      return null;
    }
    Resting resting = recorder.record(entry, submission, forming, now);
    boolean read = resting != null && resting.reply() instanceof Reply.Found;
    if (read && entry.batch() <= committed) {
      memory.cache().show(entry); // who reads next need not ask the lane
    }
    if (entry.isDoubted()) {
      reading.again(entry, submission);
    }
    return resting;
  }

  /// Tells whether a submission is likely to move its instance, and has no other effect that rests
  /// on it.
  private static boolean mayMove(Submission.OfInstance submission) {
    return submission instanceof Submission.AskedInstance asked
        && asked.request() instanceof Request.Call;
  }

  private @Nullable Resting decide(Submission.OfInvocation submission, Where where) {
    return switch (submission) {
      case Submission.AskedInvocation asked -> {
        String id = asked.request().invocation();
        boolean unknown = controls.unknown(id);
        boolean ready = !unknown || reading.ready(id, asked);
        InvocationRow read = ready && unknown ? sought.forget(id) : null;
        yield ready ? controls.asked(asked, read, where) : null;
      }
      case Submission.Append append -> journaling.append(append, where);
      case Submission.Answered answered -> journaling.answered(answered, where);
      case Submission.Late late -> journaling.late(late, where);
    };
  }

  /// Takes note that a batch is committed: what was read before of what it wrote is outdated.
  ///
  /// @param number its number
  void committed(Batch batch, long number) {
    committed = number;
    reading.committed(number);
    batch.invocations().forEach(row -> sought.changed(row.id()));
  }

  /// Takes what was read.
  ///
  /// @return what waited for it, in its order
  List<Submission> loaded(LaneEffects.Loading loading, LaneEffects.Loaded loaded) {
    var ready = new ArrayList<Submission>();
    for (Key key : reading.loaded(loading, loaded)) {
      InstanceCache.Entry entry = memory.cache().find(key);
      if (entry != null) {
        ready.addAll(entry.waiting());
        entry.waiting().clear();
      }
    }
    loading.invocations().forEach(invocation -> ready.addAll(reading.interest(invocation)));
    return ready;
  }

  /// Says what becomes of a submission that the store refuses.
  ///
  /// @return what is to be decided instead
  List<Submission> spoil(Submission poison, StoreException failure) {
    Problem problem = Refusals.rejected(poison, failure);
    switch (poison) {
      case Submission.Turned turned -> invoking.spoil(turned.of(), problem);
      case Submission.Answered answered -> {
        return List.of(new Submission.Answered(answered.step(), new Reply.Refused(problem)));
      }
      case Submission.OfAttempt of -> {
        Task task = memory.agenda().known(of.of());
        if (task != null) {
          effects.stop(of.of(), of.attempt());
          var ending = new Ending.Mismatched(problem);
          return List.of(new Submission.Ended(task.key(), of.of(), of.attempt(), ending));
        }
      }
      case Submission.Due due when due.invocation() != null ->
          invoking.spoil(due.timer().name(), problem);
      case Submission.Due due -> {
        memory.alarms().poison(due.timer());
        answers.refuse(poison, problem);
      }
      default -> answers.refuse(poison, problem);
    }
    return List.of();
  }

  /// Forgets what was read and what follows.
  ///
  /// @return what somebody waits for
  List<Submission> clear() {
    var waiting = new ArrayList<>(reading.clear());
    waiting.addAll(invoking.clear());
    sought.clear();
    return waiting;
  }
}
