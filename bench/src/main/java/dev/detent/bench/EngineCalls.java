// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import dev.detent.Key;
import dev.detent.codec.Json;
import dev.detent.engine.Engine;
import dev.detent.engine.Precondition;
import dev.detent.engine.Reply;
import dev.detent.engine.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;

/// Measures the engine in this process: so many calls are outstanding at any time, each followed by
/// the next from its own callback.
final class EngineCalls implements Case {
  private static final Duration ANSWER_MAX = Duration.ofSeconds(60);

  private final String name;
  private final Engine engine;
  private final List<Key> keys;
  private final int outstanding;

  /// Makes a case.
  ///
  /// @param name its name
  /// @param engine an engine whose machine has the command of [FlipMachine]
  /// @param keys the instances that are called in turn
  /// @param outstanding how many calls are under way
  EngineCalls(String name, Engine engine, List<Key> keys, int outstanding) {
    this.name = name;
    this.engine = engine;
    this.keys = List.copyOf(keys);
    this.outstanding = outstanding;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Run run(Duration length) throws InterruptedException {
    long start = System.nanoTime();
    Samples latencies = call(length);
    return Run.of(latencies.count(), System.nanoTime() - start, latencies);
  }

  /// Calls for so long, and waits for all answers.
  ///
  /// @return how long each took
  Samples call(Duration length) throws InterruptedException {
    var chains = new ArrayList<Chain>();
    var ended = new CountDownLatch(outstanding);
    for (int i = 0; i < outstanding; i++) {
      chains.add(new Chain(i % keys.size(), ended));
    }
    long start = System.nanoTime();
    for (Chain chain : chains) {
      chain.end = start + length.toNanos();
      chain.next();
    }
    if (!ended.await(length.plus(ANSWER_MAX).toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException(name + ": expected every answer, got none for 60 s");
    }
    var latencies = new Samples();
    for (Chain chain : chains) {
      if (chain.refusal != null) {
        throw new IllegalStateException(name + ": expected transitions, got " + chain.refusal);
      }
      latencies.addAll(chain.latencies);
    }
    return latencies;
  }

  @Override
  public boolean record(Duration length, Path file) throws IOException, InterruptedException {
    try (var recording = new Recording()) {
      recording.setSettings(Profile.SETTINGS);
      recording.start();
      run(length);
      recording.stop();
      recording.dump(file);
    }
    return true;
  }

  /// Calls one key after the other, one call at a time.
  private final class Chain {
    private final CountDownLatch ended;
    private final Samples latencies = new Samples();
    private int key;
    private long end;
    private long asked;
    private @Nullable Reply refusal;

    Chain(int key, CountDownLatch ended) {
      this.key = key;
      this.ended = ended;
    }

    void next() {
      asked = System.nanoTime();
      Key next = keys.get(key);
      key = (key + outstanding) % keys.size();
      engine.submit(
          new Request.Call(next, FlipMachine.COMMAND, Json.NULL, null, Precondition.NONE),
          this::answered);
    }

    private void answered(Reply reply) {
      long now = System.nanoTime();
      latencies.add(now - asked);
      if (!(reply instanceof Reply.Done)) {
        refusal = reply;
        ended.countDown();
      } else if (now < end) {
        next();
      } else {
        ended.countDown();
      }
    }
  }
}
