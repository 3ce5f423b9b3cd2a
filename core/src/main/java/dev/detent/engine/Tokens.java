// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.store.InvocationRow;
import dev.detent.store.Token;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Remembers what is known of idempotency keys while their requests are under way.
///
/// Once a request is committed its key is forgotten here: the store has it.
final class Tokens {
  private final Map<Token, Entry> entries = new HashMap<>();

  /// Holds what is known of one idempotency key.
  static final class Entry {
    private boolean loading = true;
    private @Nullable InvocationRow row;
    private long batch;

    /// Tells whether it is still being read.
    boolean loading() {
      return loading;
    }

    /// Returns what was done under it, or null if nothing was.
    @Nullable InvocationRow row() {
      return row;
    }

    /// Returns the number of the batch that has it, 0 if it is committed.
    long batch() {
      return batch;
    }
  }

  /// Returns what is known of a key, or null if nothing is.
  @Nullable Entry find(Token token) {
    return entries.get(token);
  }

  /// Starts to know a key, as being read.
  void start(Token token) {
    entries.put(token, new Entry());
  }

  /// Takes what was read.
  ///
  /// @param row what is kept, or null if nothing is
  void loaded(Token token, @Nullable InvocationRow row) {
    Entry entry = entries.get(token);
    if (entry != null && entry.loading) {
      entry.loading = false;
      entry.row = row;
    }
  }

  /// Takes what was decided.
  void decided(Token token, InvocationRow row, long batch) {
    Entry entry = entries.computeIfAbsent(token, _ -> new Entry());
    entry.loading = false;
    entry.row = row;
    entry.batch = batch;
  }

  /// Forgets a key that could not be read, unless a batch has it.
  void abandon(Token token) {
    Entry entry = entries.get(token);
    if (entry != null && entry.batch == 0) {
      entries.remove(token);
    }
  }

  /// Forgets a key once the batch that has it is committed.
  void settled(Token token, long committed) {
    Entry entry = entries.get(token);
    if (entry != null && !entry.loading && entry.batch <= committed) {
      entries.remove(token);
    }
  }

  /// Forgets a key, so that it is read again.
  void forget(Token token) {
    entries.remove(token);
  }

  /// Returns how many keys are known.
  int size() {
    return entries.size();
  }

  /// Forgets everything.
  void clear() {
    entries.clear();
  }
}
