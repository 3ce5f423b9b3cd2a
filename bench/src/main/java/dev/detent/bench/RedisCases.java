// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Sets the door for Redis clients against Redis itself, which does the same as durably: the same
/// keys, the same load, and a move that is checked and made by a script.
///
/// The script's document is a hash with a field for each edge: so a move reads two fields and
/// writes one. A document as one JSON text, read and written anew by each move, would cost Redis
/// more.
final class RedisCases {
  private static final double MOVE_SHARE = 0.5;
  private static final double READ_SHARE = 0.5;
  private static final String OK = "+OK\r\n";
  private static final String STATE = "$1\r\na\r\n";
  private static final String STATES = "*1\r\n" + STATE;
  private static final String DOCUMENT =
      "{\"initial\":\"a\",\"map\":{\"a\":[\"b\"],\"b\":[\"a\"]}}";
  private static final String SCRIPT =
      """
      local current = redis.call('HGET', KEYS[1], 'current')
      if not current or redis.call('HEXISTS', KEYS[1], current .. '>' .. ARGV[1]) == 0 then
        return false
      end
      redis.call('HSET', KEYS[1], 'current', ARGV[1])
      return redis.status_reply('OK')\
      """;

  private final Suite suite;

  RedisCases(Suite suite) {
    this.suite = suite;
  }

  /// Adds Redis itself.
  void addReference(RedisServer redis) throws IOException {
    String digest = load(redis.address());
    fill(
        redis.address(),
        ":3\r\n",
        key -> new String[] {"HSET", key, "current", "a", "a>b", "", "b>a", ""});
    fill(redis.address(), OK, key -> new String[] {"SET", text(key), "a"});
    var moves =
        RespCommands.of(
            OK,
            key ->
                List.of(
                    new String[] {"EVALSHA", digest, "1", key, "b"},
                    new String[] {"EVALSHA", digest, "1", key, "a"}));
    var reads = RespCommands.of(STATE, key -> List.<String[]>of(new String[] {"GET", text(key)}));
    for (int pipeline : List.of(1, 16)) {
      String move = "redis: script, pipeline " + pipeline;
      String read = "redis: GET, pipeline " + pipeline;
      suite.add(new RedisLoad(move, redis.address(), moves, pipeline, null), rows(move, null));
      suite.add(new RedisLoad(read, redis.address(), reads, pipeline, null), rows(read, null));
    }
  }

  /// Adds a server of ours.
  ///
  /// @param dialect the database below it
  /// @param goals whether it has to reach anything
  void add(String dialect, ServerProcess server, boolean goals) throws IOException {
    InetSocketAddress address = server.redis();
    fill(address, OK, key -> new String[] {"SM.SET", key, DOCUMENT});
    fill(address, OK, key -> new String[] {"SM.SET", text(key), DOCUMENT});
    var moves =
        RespCommands.of(
            OK,
            key ->
                List.of(
                    new String[] {"SM.MUTATE", key, "b"}, new String[] {"SM.MUTATE", key, "a"}));
    var reads =
        RespCommands.of(STATES, key -> List.<String[]>of(new String[] {"SM.STATE", text(key)}));
    for (int pipeline : List.of(1, 16)) {
      String move = dialect + ": SM.MUTATE, pipeline " + pipeline;
      String read = dialect + ": SM.STATE, pipeline " + pipeline;
      Goal moveGoal = Goal.shareOf("redis: script, pipeline " + pipeline, MOVE_SHARE);
      Goal readGoal = Goal.shareOf("redis: GET, pipeline " + pipeline, READ_SHARE);
      suite.add(
          new RedisLoad(move, address, moves, pipeline, server),
          rows(move, goals ? moveGoal : null));
      suite.add(
          new RedisLoad(read, address, reads, pipeline, server),
          rows(read, goals ? readGoal : null));
    }
  }

  private static List<Row> rows(String name, @Nullable Goal goal) {
    return List.of(new Row(name, Figure.RATE, goal), new Row(name, Figure.P99, null));
  }

  /// Names what is only read.
  private static String text(String key) {
    return "read-" + key;
  }

  private static void fill(InetSocketAddress address, String answer, Filling filling)
      throws IOException {
    RespCommands commands = RespCommands.of(answer, key -> List.<String[]>of(filling.command(key)));
    int share = Keys.COUNT / RespCommands.CONNECTIONS;
    try (var load = RespLoad.open(address, commands, RespCommands.CONNECTIONS, share)) {
      load.once();
    }
  }

  /// Makes the command that makes a key.
  private interface Filling {
    String[] command(String key);
  }

  private static String load(InetSocketAddress address) throws IOException {
    try (var channel = SocketChannel.open(address)) {
      channel.write(ByteBuffer.wrap(RespLoad.command("SCRIPT", "LOAD", SCRIPT)));
      var answer = ByteBuffer.allocate(47); // $40, a line's end, 40 digits, a line's end
      while (answer.hasRemaining() && channel.read(answer) >= 0) {
        if (answer.get(0) != '$') {
          throw new IllegalStateException("script: expected its digest, got an error");
        }
      }
      return new String(answer.array(), 5, 40, StandardCharsets.US_ASCII);
    }
  }
}
