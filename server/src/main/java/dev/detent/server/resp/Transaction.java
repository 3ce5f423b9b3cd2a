// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import dev.detent.Key;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Collects what a client queues between `MULTI` and `EXEC`, and what it watches.
///
/// **Limits**: [#COMMANDS_MAX] commands of [#BYTES_MAX] bytes.
///
/// **Threads**: its event loop's.
final class Transaction {
  /// The most commands of one transaction.
  static final int COMMANDS_MAX = 10_000;

  /// The most bytes of the commands of one transaction.
  static final int BYTES_MAX = 8 << 20;

  private final List<Call> queue = new ArrayList<>();
  private Map<Key, Long> watched = new LinkedHashMap<>();
  private boolean open;
  private boolean spoiled;
  private long bytes;

  /// Tells whether commands are queued.
  boolean open() {
    return open;
  }

  void begin() {
    open = true;
  }

  /// Takes note that a command was refused: nothing will be executed.
  void spoil() {
    spoiled = open;
  }

  boolean spoiled() {
    return spoiled;
  }

  /// Queues a command, if there is room.
  boolean add(Call call) {
    for (byte[] part : call.parts()) {
      bytes += part.length + 64L;
    }
    if (queue.size() >= COMMANDS_MAX || bytes > BYTES_MAX) {
      return false;
    }
    queue.add(call);
    return true;
  }

  int size() {
    return queue.size();
  }

  /// Forgets what is watched.
  void unwatch() {
    watched = new LinkedHashMap<>(); // whoever waits for its answer has the old one
  }

  /// Returns what is watched, with the versions as they were.
  Map<Key, Long> watched() {
    return watched;
  }

  /// Returns what is queued.
  List<Call> queued() {
    return List.copyOf(queue);
  }

  /// Forgets everything.
  void discard() {
    queue.clear();
    unwatch();
    open = false;
    spoiled = false;
    bytes = 0;
  }
}
