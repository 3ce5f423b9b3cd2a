// SPDX-License-Identifier: Apache-2.0
package dev.detent.handler;

import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Makes a transition durable: a method that has one as its last parameter is a handler, which may
/// take long and touch the outside world.
///
/// ```java
/// @Transition Next<Up, String> setUp(Down from, Context ctx) {
///   String url = ctx.step("provision", String.class, () -> cloud.provision(ctx.key()));
///   ctx.sleep(Duration.ofSeconds(5));
///   return Next.to(new Up(url)).reply(ctx.key() + " is now UP");
/// }
/// ```
///
/// What a handler does through its context is recorded in a journal. After a crash, or when an
/// effect or the handler's code throws, the handler is run again from its first line, and what is
/// recorded is not done again but remembered: that is an attempt.
///
/// **Guarantees**: the new state is committed when the handler returns, together with its event and
/// answer. A handler that fails for good (see [TerminalException]) leaves the state untouched; what
/// its effects did outside stays done unless it undoes it. An effect runs at least once, and never
/// again once it is recorded. Nothing is passed, and no effect begins, before what came before it
/// is on disk.
///
/// **The code between** effects runs again with each attempt, so it must come to the same calls in
/// the same order, given the same recorded results: time, random numbers and whatever else changes
/// have to come from the context or from a step. A call that does not fit the journal, since the
/// code was changed meanwhile, pauses the invocation with a message that shows both sides.
///
/// **Being cut short**: an attempt may end inside any method of this type, which then throws an
/// error that is none of the handler's business: a crash of the store, an effect to be retried, a
/// long wait that should not keep a thread. `finally` blocks run then although the invocation has
/// not ended and goes on in a later attempt; so they must not undo anything. They can't do anything
/// durable either: each method throws the same error again. Undo in `catch (TerminalException …)`.
///
/// **Threads**: only the handler's own thread, or in a branch the branch's, and not from within an
/// effect; [#key], [#invocation] and [#now] may be asked there too.
///
/// **Limits**: names are 1 to 64 bytes of UTF-8 without control characters; durations 0 to 3,650
/// days. Results, inputs and answers are written as JSON, of at most 4 Mi characters, and read as
/// the given type; null stays null. A list is best put into a record, since the type has to be a
/// class. A handler, and each branch, has at most 100,000 entries in the journal.
///
/// **Errors**: [IllegalArgumentException] and [IllegalStateException] for wrong use, which let the
/// attempt fail.
public interface Context {
  /// Returns the name of the machine.
  String machine();

  /// Returns the key of the instance, the user's name of it.
  String key();

  /// Returns the id of the invocation.
  String invocation();

  /// Returns the time of the last entry of the journal that was passed, at first that of the start:
  /// the same on replay. It never goes back.
  Instant now();

  /// Returns a generator of random numbers that is the same on replay, and has other numbers for
  /// every invocation. They can be guessed: a secret must come from a step.
  RandomGenerator random();

  /// Returns another UUID with each call, the same ones on replay. They can be guessed.
  UUID uuid();

  /// Runs a side effect and records its result.
  ///
  /// If it throws something else than a [TerminalException], the attempt ends and the engine
  /// repeats it after a pause, until the invocation is paused for somebody to look at.
  ///
  /// @param name what it is called in the journal
  /// @param type the type of its result
  /// @param effect what to do
  /// @return what it returned, written and read
  /// @throws TerminalException if the effect threw it, now or when it was recorded
  <T extends @Nullable Object> T step(String name, Class<T> type, Callable<T> effect);

  /// Runs a side effect that can be told apart from its own repetitions, and records its result.
  ///
  /// @throws TerminalException if the effect threw it, now or when it was recorded
  <T extends @Nullable Object> T step(String name, Class<T> type, Effect<T> effect);

  /// Runs a side effect, repeats it in place while it fails, and records its result or its final
  /// failure.
  ///
  /// @throws TerminalException if the effect threw it, or RETRIES_EXHAUSTED if it threw something
  ///   else too often
  <T extends @Nullable Object> T step(
      String name, Class<T> type, RetryPolicy policy, Callable<T> effect);

  /// Runs a side effect that can be told apart from its own repetitions, repeats it in place while
  /// it fails, and records its result or its final failure.
  ///
  /// @throws TerminalException if the effect threw it, or RETRIES_EXHAUSTED if it threw something
  ///   else too often
  <T extends @Nullable Object> T step(
      String name, Class<T> type, RetryPolicy policy, Effect<T> effect);

  /// Runs a side effect that has no result.
  ///
  /// @throws TerminalException if the effect threw it, now or when it was recorded
  void step(String name, Action effect);

  /// Runs a side effect that has no result and can be told apart from its own repetitions.
  ///
  /// @throws TerminalException if the effect threw it, now or when it was recorded
  void step(String name, KeyedAction effect);

  /// Runs a side effect that has no result, and repeats it in place while it fails.
  ///
  /// @throws TerminalException if the effect threw it, or RETRIES_EXHAUSTED if it threw something
  ///   else too often
  void step(String name, RetryPolicy policy, Action effect);

  /// Runs a side effect that has no result and can be told apart from its own repetitions, and
  /// repeats it in place while it fails.
  ///
  /// @throws TerminalException if the effect threw it, or RETRIES_EXHAUSTED if it threw something
  ///   else too often
  void step(String name, RetryPolicy policy, KeyedAction effect);

  /// Runs SQL in the store's own database, in one transaction with the record of this step: exactly
  /// once.
  ///
  /// On SQLite it holds the one writer there is: nothing else commits until it is done, so it must
  /// be short and must wait for nothing. If it throws, all of it is rolled back.
  ///
  /// @param name what it is called in the journal
  /// @param work the SQL, on a connection that it must not commit, roll back or close
  /// @throws TerminalException if the work threw it, now or when it was recorded
  void transact(String name, SqlAction work);

  /// Runs SQL in the store's own database, in one transaction with the record of its result:
  /// exactly once. See [#transact(String, SqlAction)].
  ///
  /// @param type the type of the result
  /// @throws TerminalException if the work threw it, now or when it was recorded
  <T extends @Nullable Object> T transact(String name, Class<T> type, SqlFunction<T> work);

  /// Waits, durably: a restart waits only for the rest.
  ///
  /// @param duration 0 to 3,650 days
  /// @throws CancelledException if the invocation was cancelled meanwhile
  void sleep(Duration duration);

  /// Runs a command on another instance and waits for its answer.
  ///
  /// The command is accepted in the commit that records it here, and executed exactly once. While
  /// the answer is waited for, a cancellation goes to the other side first and comes back from
  /// there. Calling an instance that waits for this one fails at once.
  ///
  /// @param machine the machine's name
  /// @param key the instance
  /// @param command the command
  /// @param input anything that can be written as JSON, or null for none
  /// @param answer the type of the answer
  /// @throws TerminalException with the error's code if the command was refused or failed
  /// @throws CancelledException if the other invocation, or this one, was cancelled
  <T extends @Nullable Object> T call(
      String machine, String key, String command, @Nullable Object input, Class<T> answer);

  /// Has a command run on an instance, and does not wait for it.
  ///
  /// The command is accepted in the commit that records it here, and executed exactly once. If it
  /// is refused then, its own invocation says so.
  ///
  /// @return the id of the other invocation
  String send(String machine, String key, String command, @Nullable Object input);

  /// Has a command run on an instance later.
  ///
  /// @param delay how much later, 0 to 3,650 days
  /// @return the id of the other invocation
  String send(String machine, String key, String command, @Nullable Object input, Duration delay);

  /// Makes an id that somebody outside can answer to.
  ///
  /// @param type the type of the answer
  <T extends @Nullable Object> Awakeable<T> awakeable(Class<T> type);

  /// Makes an id that somebody outside can answer to until a deadline.
  ///
  /// @param type the type of the answer
  /// @param deadline how long from now on, 0 to 3,650 days; waiting ends with a [DeadlineException]
  <T extends @Nullable Object> Awakeable<T> awakeable(Class<T> type, Duration deadline);

  /// Waits for the next signal of a name: the first call gets the first that came, also if it came
  /// before, and so on.
  ///
  /// @param name the signal's name
  /// @param type the type of what it carries
  /// @throws CancelledException if the invocation was cancelled meanwhile
  <T extends @Nullable Object> T signal(String name, Class<T> type);

  /// Runs branches side by side and waits for all.
  ///
  /// The first that fails stops the others, which is recorded: an effect that is under way there is
  /// interrupted, and its end waited for. What the stopped ones asked of other instances goes on.
  /// Once the invocation is cancelled, each branch learns of it by itself and is left to end.
  ///
  /// @param branches at most 1,000
  /// @return their results in their order
  /// @throws TerminalException what the first that failed threw, after the others were stopped
  /// @throws CancelledException if the invocation was cancelled meanwhile
  <T extends @Nullable Object> List<T> all(List<Branch<T>> branches);

  /// Runs branches side by side; the first that succeeds stops the others, as in [#all].
  ///
  /// Which one it was is recorded: on replay only that one runs.
  ///
  /// @param branches 1 to 1,000
  /// @return the result of the first that succeeded
  /// @throws TerminalException what the first that failed threw, if all failed
  /// @throws CancelledException if the invocation was cancelled meanwhile
  <T extends @Nullable Object> T any(List<Branch<T>> branches);

  /// Runs a side effect without result.
  @FunctionalInterface
  interface Action {
    /// Runs it.
    void run() throws Exception;
  }

  /// Runs a side effect without result that can be told apart from its own repetitions.
  @FunctionalInterface
  interface KeyedAction {
    /// Runs it.
    ///
    /// @param key as in [Effect#run]
    void run(String key) throws Exception;
  }

  /// Runs SQL without result.
  @FunctionalInterface
  interface SqlAction {
    /// Runs it.
    ///
    /// @param connection in a transaction that is not the action's to end
    void run(Connection connection) throws Exception;
  }

  /// Runs SQL that has a result.
  ///
  /// @param <T> the result
  @FunctionalInterface
  interface SqlFunction<T extends @Nullable Object> {
    /// Runs it.
    ///
    /// @param connection in a transaction that is not the function's to end
    T run(Connection connection) throws Exception;
  }
}
