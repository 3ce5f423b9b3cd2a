// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Is a list of commands for each of many keys, which each connection sends to its own share of the
/// keys in turn: so each key's commands come in their order.
///
/// **Threads**: for one thread at a time.
final class RespCommands implements RespLoad.Commands {
  /// How many connections share the keys.
  static final int CONNECTIONS = 50;

  private final List<byte[][]> ofKeys;
  private final String answer;
  private final int[] next;
  private final int[] turns;

  private RespCommands(List<byte[][]> ofKeys, String answer) {
    this.ofKeys = ofKeys;
    this.answer = answer;
    this.next = new int[CONNECTIONS];
    this.turns = new int[ofKeys.size()];
    for (int i = 0; i < CONNECTIONS; i++) {
      next[i] = i;
    }
  }

  /// Makes them.
  ///
  /// @param answer the answer to each, byte for byte
  /// @param ofKey makes the commands of a key, which are sent to it in turn
  static RespCommands of(String answer, Function<String, List<String[]>> ofKey) {
    var all = new ArrayList<byte[][]>(Keys.COUNT);
    for (String key : Keys.all()) {
      all.add(ofKey.apply(key).stream().map(RespLoad::command).toArray(byte[][]::new));
    }
    return new RespCommands(all, answer);
  }

  @Override
  public byte[] next(int connection) {
    int key = next[connection];
    int following = key + CONNECTIONS;
    next[connection] = following < ofKeys.size() ? following : connection;
    byte[][] commands = ofKeys.get(key);
    int turn = turns[key];
    turns[key] = turn + 1 < commands.length ? turn + 1 : 0;
    return commands[turn];
  }

  @Override
  public String answer() {
    return answer;
  }
}
