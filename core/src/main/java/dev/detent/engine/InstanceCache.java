// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Remembers instances, the least recently used ones forgotten first.
///
/// **Limits**: a number of entries and a number of bytes. An entry that is being read, or whose
/// last move is not committed, is never forgotten: the store could not give it back.
///
/// A row of a table of the user's may be changed by others at any time. It is remembered too, but
/// what is remembered is good only for a move: its commit compares it with the row. Whatever
/// commits nothing, and would not be noticed if it were wrong, needs an entry that
/// [Entry#isCertain].
///
/// **Threads**: the lane's, but for [#shown].
final class InstanceCache {
  private static final long ENTRY_BYTES = 400;

  private final LinkedHashMap<Key, Entry> entries = new LinkedHashMap<>(1024, 0.75f, true);
  private final Map<Key, Instance> shown = new ConcurrentHashMap<>();
  private final int entriesMax;
  private final long bytesMax;
  private final Predicate<Key> mapped;
  private long bytes;

  /// Holds what is known of one instance.
  static final class Entry {
    private final Key key;
    private final boolean mapped;
    private @Nullable Instance instance;
    private boolean loading = true;
    private long batch;
    private long storedVersion;
    private long bytes = ENTRY_BYTES;
    private int asking;
    private boolean certain;
    private boolean doubted;
    private boolean shown;
    private final ArrayDeque<Submission> waiting = new ArrayDeque<>(2);

    private Entry(Key key, boolean mapped) {
      this.key = key;
      this.mapped = mapped;
    }

    Key key() {
      return key;
    }

    /// Returns the instance as it is decided, or null if it is not stored.
    @Nullable Instance instance() {
      return instance;
    }

    /// Tells whether it is a row of a table of the user's.
    boolean mapped() {
      return mapped;
    }

    /// Tells whether it is still being read.
    boolean loading() {
      return loading;
    }

    /// Returns the number of the batch that has its last move.
    long batch() {
      return batch;
    }

    /// Returns the version that is committed, as far as the lane's current batch is concerned.
    long storedVersion() {
      return storedVersion;
    }

    /// Takes note that it is being read from now on: the store answers those who wait already.
    void asked() {
      asking = waiting.size();
    }

    /// Begins a decision on it, the next in the order of those that waited.
    ///
    /// @param forming the number of the batch that forms
    /// @return whether it is certain
    boolean begin(long forming) {
      boolean read = asking > 0;
      asking -= read ? 1 : 0;
      certain = !mapped || read || batch == forming;
      doubted = false;
      return certain;
    }

    /// Tells whether what is known was read, or will be compared by a commit, after the request
    /// came that is decided now.
    boolean isCertain() {
      return certain;
    }

    /// Wants it to be read, and the request that is decided now to be decided again.
    void doubt() {
      doubted = true;
    }

    /// Tells whether it must be read.
    boolean isDoubted() {
      return doubted;
    }

    /// Forgets those who wait: they come again, or never.
    void nobodyWaits() {
      waiting.clear();
      asking = 0;
    }

    /// Returns what waits for it to be read, or for an earlier submission that waits.
    ArrayDeque<Submission> waiting() {
      return waiting;
    }
  }

  /// Makes an empty cache.
  ///
  /// @param entriesMax at most so many instances, at least 1
  /// @param bytesMax at most about so many bytes
  InstanceCache(int entriesMax, long bytesMax) {
    this(entriesMax, bytesMax, _ -> false);
  }

  /// Makes an empty cache.
  ///
  /// @param entriesMax at most so many instances, at least 1
  /// @param bytesMax at most about so many bytes
  /// @param mapped tells which instances are rows of a table of the user's
  InstanceCache(int entriesMax, long bytesMax, Predicate<Key> mapped) {
    this.entriesMax = entriesMax;
    this.bytesMax = bytesMax;
    this.mapped = mapped;
  }

  /// Returns what is known of an instance, or null if nothing is.
  @Nullable Entry find(Key key) {
    return entries.get(key);
  }

  /// Starts to know an instance, as being read.
  Entry start(Key key) {
    var entry = new Entry(key, mapped.test(key));
    entries.put(key, entry);
    bytes += entry.bytes;
    return entry;
  }

  /// Takes what was read.
  void loaded(Entry entry, @Nullable Instance instance) {
    entry.loading = false;
    entry.instance = instance;
    entry.storedVersion = instance == null ? 0 : instance.version();
    weigh(entry);
  }

  /// Lets every thread see what an entry holds, which is committed, until that changes or is
  /// forgotten.
  void show(Entry entry) {
    Instance instance = entry.instance;
    if (!entry.shown && !entry.mapped && instance != null && !instance.deleted()) {
      entry.shown = true;
      shown.put(entry.key, instance);
    }
  }

  private void hide(Entry entry) {
    if (entry.shown) {
      entry.shown = false;
      shown.remove(entry.key);
    }
  }

  /// Returns an instance that is committed and of which nothing else is decided, or null if the
  /// lane must be asked. Any thread may call it.
  @Nullable Instance shown(Key key) {
    return shown.get(key);
  }

  /// Takes note that an entry is to be read again.
  void reading(Entry entry) {
    hide(entry);
    entry.loading = true;
    entry.asking = 0;
  }

  /// Takes what was decided.
  ///
  /// @param batch the number of the batch that will commit it
  void decided(Entry entry, Instance next, long batch) {
    hide(entry); // before its commit can begin
    if (entry.batch != batch) {
      Instance before = entry.instance;
      entry.storedVersion = before == null ? 0 : before.version();
    }
    entry.batch = batch;
    entry.instance = next;
    weigh(entry);
  }

  /// Forgets an entry that could not be read.
  void forget(Entry entry) {
    hide(entry);
    entries.remove(entry.key);
    bytes -= entry.bytes;
  }

  /// Forgets what is too much.
  ///
  /// @param committed the number of the last committed batch
  void trim(long committed) {
    if (entries.size() <= entriesMax && bytes <= bytesMax) {
      return;
    }
    Iterator<Entry> oldest = entries.values().iterator();
    while (oldest.hasNext() && (entries.size() > entriesMax || bytes > bytesMax)) {
      Entry entry = oldest.next();
      if (idle(entry, committed)) {
        hide(entry);
        oldest.remove();
        bytes -= entry.bytes;
      }
    }
  }

  private static boolean idle(Entry entry, long committed) {
    return !entry.loading && entry.batch <= committed && entry.waiting.isEmpty();
  }

  /// Forgets what is not committed or is being read, and returns what was waiting, each instance's
  /// in order.
  ///
  /// @param committed the number of the last committed batch
  List<Submission> rollback(long committed) {
    var waiting = new ArrayList<Submission>();
    for (Entry entry : List.copyOf(entries.values())) {
      waiting.addAll(entry.waiting);
      entry.nobodyWaits();
      if (entry.loading || entry.batch > committed) {
        forget(entry);
      }
    }
    return waiting;
  }

  /// Forgets instances for which nothing waits.
  void forget(Predicate<Key> which) {
    for (Entry entry : List.copyOf(entries.values())) {
      if (which.test(entry.key)) {
        forget(entry);
      }
    }
  }

  /// Forgets everything and returns what was waiting, each instance's in order.
  List<Submission> clear() {
    var waiting = new ArrayList<Submission>();
    entries.values().forEach(entry -> waiting.addAll(entry.waiting));
    entries.clear();
    shown.clear();
    bytes = 0;
    return waiting;
  }

  /// Returns how many instances are known.
  int size() {
    return entries.size();
  }

  /// Returns about how many bytes they take.
  long bytes() {
    return bytes;
  }

  private void weigh(Entry entry) {
    Instance instance = entry.instance;
    long weight =
        ENTRY_BYTES
            + 2L * entry.key.key().length()
            + (instance == null ? 0 : 3L * instance.value().json().text().length());
    bytes += weight - entry.bytes;
    entry.bytes = weight;
  }
}
