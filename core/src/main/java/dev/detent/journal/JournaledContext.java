// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import dev.detent.Key;
import dev.detent.Names;
import dev.detent.handler.Awakeable;
import dev.detent.handler.Branch;
import dev.detent.handler.Context;
import dev.detent.handler.Effect;
import dev.detent.handler.RetryPolicy;
import dev.detent.store.StepRow;
import dev.detent.store.StepRow.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Remembers what is recorded of a line, does the rest, and has that recorded.
///
/// **Threads**: the line's.
final class JournaledContext implements Context {
  private final Line line;
  private final Attempt attempt;
  private final Results results;
  private final Effects effects;
  private final Branching branching;
  private @Nullable Dice dice;

  JournaledContext(Line line) {
    this.line = line;
    this.attempt = line.attempt();
    this.results = new Results(attempt);
    this.effects = new Effects(line, results);
    this.branching = new Branching(line);
  }

  @Override
  public String machine() {
    return attempt.key().machine();
  }

  @Override
  public String key() {
    return attempt.key().key();
  }

  @Override
  public String invocation() {
    return attempt.row().id();
  }

  @Override
  public Instant now() {
    return Instant.ofEpochMilli(line.now());
  }

  @Override
  public RandomGenerator random() {
    return dice();
  }

  @Override
  public UUID uuid() {
    return dice().nextUuid();
  }

  private Dice dice() {
    line.enter();
    Dice known = dice;
    if (known == null) {
      known = new Dice(line.seed(), line::enter);
      dice = known;
    }
    return known;
  }

  @Override
  public <T extends @Nullable Object> T step(String name, Class<T> type, Callable<T> effect) {
    return step(type, new Effects.Step(name, type, null, key -> effect.call()));
  }

  @Override
  public <T extends @Nullable Object> T step(String name, Class<T> type, Effect<T> effect) {
    return step(type, new Effects.Step(name, type, null, effect));
  }

  @Override
  public <T extends @Nullable Object> T step(
      String name, Class<T> type, RetryPolicy policy, Callable<T> effect) {
    return step(type, new Effects.Step(name, type, policy, key -> effect.call()));
  }

  @Override
  public <T extends @Nullable Object> T step(
      String name, Class<T> type, RetryPolicy policy, Effect<T> effect) {
    return step(type, new Effects.Step(name, type, policy, effect));
  }

  @Override
  public void step(String name, Action effect) {
    run(name, null, key -> effect.run());
  }

  @Override
  public void step(String name, KeyedAction effect) {
    run(name, null, effect);
  }

  @Override
  public void step(String name, RetryPolicy policy, Action effect) {
    run(name, policy, key -> effect.run());
  }

  @Override
  public void step(String name, RetryPolicy policy, KeyedAction effect) {
    run(name, policy, effect);
  }

  private <T extends @Nullable Object> T step(Class<T> type, Effects.Step step) {
    return Results.as(type, effects.step(step));
  }

  private void run(String name, @Nullable RetryPolicy policy, KeyedAction action) {
    Effect<@Nullable Object> effect =
        key -> {
          action.run(key);
          return null;
        };
    Object _ = effects.step(new Effects.Step(name, Object.class, policy, effect));
  }

  @Override
  public void transact(String name, SqlAction work) {
    SqlFunction<@Nullable Object> function =
        connection -> {
          work.run(connection);
          return null;
        };
    Object _ = effects.transact(name, Object.class, function);
  }

  @Override
  public <T extends @Nullable Object> T transact(String name, Class<T> type, SqlFunction<T> work) {
    return Results.as(type, effects.transact(name, type, work));
  }

  @Override
  public void sleep(Duration duration) {
    Door.duration("sleep", duration);
    Wanted wanted = Wanted.of(Kind.SLEEP, "");
    line.advance();
    StepRow row = line.done(line.begun(wanted, duration), wanted, true);
    Long dueAt = row.dueAt();
    line.pass(row, dueAt == null ? row.at() : dueAt, null);
  }

  @Override
  public <T extends @Nullable Object> T call(
      String machine, String key, String command, @Nullable Object input, Class<T> answer) {
    Wanted wanted = request(Kind.CALL, new Key(machine, key), command, input);
    line.advance();
    StepRow row = line.done(line.begun(wanted, null), wanted, false);
    line.pass(row, row.at(), null);
    return Results.as(answer, results.read(row.value(), answer, wanted));
  }

  @Override
  public String send(String machine, String key, String command, @Nullable Object input) {
    return send(new Key(machine, key), command, input, null);
  }

  @Override
  public String send(
      String machine, String key, String command, @Nullable Object input, Duration delay) {
    return send(new Key(machine, key), command, input, Door.duration("send delay", delay));
  }

  private String send(Key key, String command, @Nullable Object input, @Nullable Duration delay) {
    Wanted wanted = request(Kind.SEND, key, command, input);
    String position = line.advance();
    StepRow row = line.recorded(wanted);
    if (row == null) {
      row = line.append(Entry.pending(position, wanted, delay), wanted);
    }
    // Its time is not passed: it changes when the send is delivered.
    line.pass(row, 0, null);
    return Objects.requireNonNull(row.outgoing(), "what a recorded send asks").child();
  }

  private Wanted request(Kind kind, Key key, String command, @Nullable Object input) {
    String name = Names.requireName("command", command);
    return new Wanted(kind, name, new Entry.Outgoing(key, name, results.input(input)));
  }

  @Override
  public <T extends @Nullable Object> Awakeable<T> awakeable(Class<T> type) {
    return awakeable(type, null, line.advance());
  }

  @Override
  public <T extends @Nullable Object> Awakeable<T> awakeable(Class<T> type, Duration deadline) {
    return awakeable(type, Door.duration("awakeable deadline", deadline), line.advance());
  }

  private <T extends @Nullable Object> Awakeable<T> awakeable(
      Class<T> type, @Nullable Duration deadline, String position) {
    Wanted wanted = Wanted.of(Kind.AWAKEABLE, "");
    if (line.recorded(wanted) == null) {
      // Not waited for: nobody can know the id before an effect or a wait comes.
      line.gate().submit(Entry.pending(position, wanted, deadline), row -> {});
    }
    return new JournaledAwakeable<>(attempt, position, type);
  }

  @Override
  public <T extends @Nullable Object> T signal(String name, Class<T> type) {
    Wanted wanted = Wanted.of(Kind.SIGNAL, Door.name("signal", name));
    String position = line.advance();
    StepRow row = line.recorded(wanted);
    if (row == null) {
      row = line.gate().cancelDue() ? line.cancelled(wanted) : received(wanted, position);
    }
    line.pass(row, row.at(), null);
    return Results.as(type, results.read(line.signal(row), type, wanted));
  }

  /// Waits for a signal, and records which one it was.
  private StepRow received(Wanted wanted, String position) {
    Long number = line.gate().await(null, () -> attempt.recording().take(wanted.name()), true);
    return number == null
        ? line.cancelled(wanted)
        : line.append(Entry.completed(position, wanted, number.toString()), wanted);
  }

  @Override
  public <T extends @Nullable Object> List<T> all(List<Branch<T>> branches) {
    return branching.all(branches);
  }

  @Override
  public <T extends @Nullable Object> T any(List<Branch<T>> branches) {
    return branching.any(branches);
  }
}
