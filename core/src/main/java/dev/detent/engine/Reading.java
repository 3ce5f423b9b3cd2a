// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.codec.Json;
import dev.detent.codec.Value;
import dev.detent.store.InstanceRow;
import dev.detent.store.InvocationRow;
import dev.detent.store.Token;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Knows what must be read before a submission can be decided, and collects it, so that it is read
/// at once.
final class Reading {
  private final InstanceCache cache;
  private final Tokens tokens;
  private final Recorder recorder;
  private Set<Key> wantedKeys = new LinkedHashSet<>();
  private Set<Token> wantedTokens = new LinkedHashSet<>();
  private Map<String, Key> wantedSends = new LinkedHashMap<>();

  Reading(LaneMemory memory, Recorder recorder) {
    this.cache = memory.cache();
    this.tokens = memory.tokens();
    this.recorder = recorder;
  }

  /// Returns what is known of an instance, wanting it if nothing is.
  InstanceCache.Entry entry(Key key) {
    InstanceCache.Entry entry = cache.find(key);
    if (entry == null) {
      entry = cache.start(key);
      wantedKeys.add(key);
    }
    return entry;
  }

  /// Tells whether all is known that a submission needs, wanting what is not.
  boolean ready(InstanceCache.Entry entry, Submission submission) {
    boolean tokenKnown = tokenKnown(submission.token());
    boolean sendKnown = sendKnown(submission);
    return !entry.loading() && tokenKnown && sendKnown;
  }

  /// Tells whether nothing is wanted.
  boolean isEmpty() {
    return wantedKeys.isEmpty() && wantedTokens.isEmpty() && wantedSends.isEmpty();
  }

  /// Returns what is wanted, and wants nothing from now on.
  LaneEffects.Loading take(int generation) {
    var loading = new LaneEffects.Loading(generation, wantedKeys, wantedTokens, wantedSends);
    wantedKeys = new LinkedHashSet<>();
    wantedTokens = new LinkedHashSet<>();
    wantedSends = new LinkedHashMap<>();
    return loading;
  }

  /// Wants the same once more.
  void again(LaneEffects.Loading loading) {
    wantedKeys.addAll(loading.keys());
    wantedTokens.addAll(loading.tokens());
    wantedSends.putAll(loading.sends());
  }

  /// Forgets what could not be read.
  ///
  /// @return what waited for it
  List<Submission> abandon(LaneEffects.Loading loading) {
    var waiting = new ArrayList<Submission>();
    for (Key key : affected(loading)) {
      InstanceCache.Entry entry = cache.find(key);
      if (entry != null) {
        waiting.addAll(entry.waiting());
        entry.waiting().forEach(this::abandon);
        entry.waiting().clear();
        if (loading.keys().contains(key) && entry.loading()) {
          cache.forget(entry);
        }
      }
    }
    return waiting;
  }

  private void abandon(Submission submission) {
    Token token = submission.token();
    if (token != null) {
      tokens.abandon(token);
    }
    String send = submission.invocation();
    if (send != null) {
      recorder.forget(send);
    }
  }

  /// Takes what was read.
  ///
  /// @return the instances for which something is known now
  Set<Key> loaded(LaneEffects.Loading loading, LaneEffects.Loaded loaded) {
    Map<Key, InstanceRow> rows = HashMap.newHashMap(loaded.instances().size());
    loaded.instances().forEach(row -> rows.put(row.key(), row));
    Map<Token, InvocationRow> kept = new HashMap<>();
    loaded.kept().forEach(row -> kept.put(new Token(row.key(), String.valueOf(row.token())), row));
    Map<String, InvocationRow> sends = new HashMap<>();
    loaded.sends().forEach(row -> sends.put(row.id(), row));
    for (Key key : loading.keys()) {
      InstanceCache.Entry entry = cache.find(key);
      if (entry != null && entry.loading()) {
        cache.loaded(entry, instance(rows.get(key)));
      }
    }
    loading.tokens().forEach(token -> tokens.loaded(token, kept.get(token)));
    loading.sends().keySet().forEach(id -> recorder.loaded(id, sends.get(id)));
    return affected(loading);
  }

  private static Set<Key> affected(LaneEffects.Loading loading) {
    var affected = new LinkedHashSet<>(loading.keys());
    loading.tokens().forEach(token -> affected.add(token.key()));
    affected.addAll(loading.sends().values());
    return affected;
  }

  /// Wants nothing from now on.
  void clear() {
    wantedKeys.clear();
    wantedTokens.clear();
    wantedSends.clear();
  }

  private boolean tokenKnown(@Nullable Token token) {
    if (token == null) {
      return true;
    }
    Tokens.Entry known = tokens.find(token);
    if (known == null) {
      tokens.start(token);
      wantedTokens.add(token);
      return false;
    }
    return !known.loading();
  }

  private boolean sendKnown(Submission submission) {
    String send = submission.invocation();
    if (send == null || recorder.has(send)) {
      return true;
    }
    if (recorder.start(send)) {
      wantedSends.put(send, submission.key());
    }
    return false;
  }

  private static @Nullable Instance instance(@Nullable InstanceRow row) {
    return row == null
        ? null
        : new Instance(
            row.key(),
            row.state(),
            Value.of(Json.trusted(row.data())),
            row.version(),
            row.definition(),
            row.createdAt(),
            row.updatedAt(),
            row.enteredAt(),
            row.timers());
  }
}
