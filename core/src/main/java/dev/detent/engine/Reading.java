// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.store.InstanceRow;
import dev.detent.store.InvocationRow;
import dev.detent.store.Token;
import java.util.ArrayList;
import java.util.HashMap;
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
  private final Sought sought;
  private Set<Key> wantedKeys = new LinkedHashSet<>();
  private Set<Token> wantedTokens = new LinkedHashSet<>();
  private Set<String> wantedInvocations = new LinkedHashSet<>();
  private final Set<InstanceCache.Entry> later = new LinkedHashSet<>();
  private long committed;
  private final Map<String, Interest> interests = new HashMap<>();

  /// Holds who waits for an invocation to be read: instances, and submissions without one.
  private record Interest(Set<Key> keys, List<Submission> submissions) {
    Interest() {
      this(new LinkedHashSet<>(2), new ArrayList<>(1));
    }
  }

  Reading(LaneMemory memory, Sought sought) {
    this.cache = memory.cache();
    this.tokens = memory.tokens();
    this.sought = sought;
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

  /// Reads an instance again, for a submission and all that come after it. What moved it last must
  /// be committed before.
  void again(InstanceCache.Entry entry, Submission submission) {
    cache.reading(entry);
    entry.waiting().addLast(submission);
    later.add(entry);
    wantLater();
  }

  /// Takes note that a batch is committed.
  ///
  /// @param number its number
  void committed(long number) {
    committed = number;
    wantLater();
  }

  private void wantLater() {
    later.removeIf(entry -> {
      boolean due = entry.batch() <= committed;
      if (due) {
        wantedKeys.add(entry.key());
      }
      return due;
    });
  }

  /// Tells whether all is known that a submission needs, wanting what is not.
  boolean ready(InstanceCache.Entry entry, Submission.OfInstance submission) {
    boolean tokenKnown = tokenKnown(submission.token());
    boolean invocationKnown = invocationKnown(submission);
    return !entry.loading() && tokenKnown && invocationKnown;
  }

  /// Tells whether nothing is wanted.
  boolean isEmpty() {
    return wantedKeys.isEmpty() && wantedTokens.isEmpty() && wantedInvocations.isEmpty();
  }

  /// Returns what is wanted, and wants nothing from now on.
  LaneEffects.Loading take(int generation) {
    var loading = new LaneEffects.Loading(generation, wantedKeys, wantedTokens, wantedInvocations);
    for (Key key : wantedKeys) {
      InstanceCache.Entry entry = cache.find(key);
      if (entry != null) {
        entry.asked();
      }
    }
    wantedKeys = new LinkedHashSet<>();
    wantedTokens = new LinkedHashSet<>();
    wantedInvocations = new LinkedHashSet<>();
    return loading;
  }

  /// Wants the same once more.
  void again(LaneEffects.Loading loading) {
    wantedKeys.addAll(loading.keys());
    wantedTokens.addAll(loading.tokens());
    wantedInvocations.addAll(loading.invocations());
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
        entry.nobodyWaits();
        if (loading.keys().contains(key) && entry.loading()) {
          cache.forget(entry);
        }
      }
    }
    for (String invocation : loading.invocations()) {
      sought.forget(invocation);
      waiting.addAll(interest(invocation));
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
      sought.forget(send);
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
    loaded.invocations().forEach(row -> sends.put(row.id(), row));
    for (Key key : loading.keys()) {
      InstanceCache.Entry entry = cache.find(key);
      if (entry != null && entry.loading()) {
        cache.loaded(entry, instance(rows.get(key)));
      }
    }
    loading.tokens().forEach(token -> tokens.loaded(token, kept.get(token)));
    for (String invocation : loading.invocations()) {
      if (sought.loaded(invocation, sends.get(invocation))) {
        wantedInvocations.add(invocation);
      }
    }
    return affected(loading);
  }

  /// Waits for an invocation to be read.
  ///
  /// @return whether it was read already
  boolean ready(String invocation, Submission submission) {
    if (sought.has(invocation)) {
      return true;
    }
    interests.computeIfAbsent(invocation, _ -> new Interest()).submissions().add(submission);
    if (sought.start(invocation)) {
      wantedInvocations.add(invocation);
    }
    return false;
  }

  /// Returns the submissions that waited for an invocation, which need no instance.
  List<Submission> interest(String invocation) {
    Interest interest = interests.remove(invocation);
    return interest == null ? List.of() : interest.submissions();
  }

  private Set<Key> affected(LaneEffects.Loading loading) {
    var affected = new LinkedHashSet<>(loading.keys());
    loading.tokens().forEach(token -> affected.add(token.key()));
    for (String invocation : loading.invocations()) {
      Interest interest = interests.get(invocation);
      if (interest != null) {
        affected.addAll(interest.keys());
      }
    }
    return affected;
  }

  /// Wants nothing from now on.
  ///
  /// @return what waited without an instance
  List<Submission> clear() {
    var waiting = new ArrayList<Submission>();
    interests.values().forEach(interest -> waiting.addAll(interest.submissions()));
    interests.clear();
    later.clear();
    wantedKeys.clear();
    wantedTokens.clear();
    wantedInvocations.clear();
    return waiting;
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

  private boolean invocationKnown(Submission.OfInstance submission) {
    String invocation = submission.invocation();
    if (invocation == null || sought.has(invocation)) {
      return true;
    }
    interests.computeIfAbsent(invocation, _ -> new Interest()).keys().add(submission.key());
    if (sought.start(invocation)) {
      wantedInvocations.add(invocation);
    }
    return false;
  }

  private static @Nullable Instance instance(@Nullable InstanceRow row) {
    return row == null ? null : Instance.of(row);
  }
}
