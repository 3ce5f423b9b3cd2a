// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.ArrayOutput;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.protocol.ProtocolVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.commands.ProtocolCommand;

/// Leads real clients through the session of the seed, a pipeline of 1,000 and a transaction.
///
/// Those that are no Java are skipped where they are missing, unless `-Ddetent.tools=required`.
class ClientsTest {
  private static final String MAP =
      "{\"initial\":\"bar\",\"map\":{\"bar\":[\"blee\",\"boo\"],\"boo\":[\"blee\"]}}";
  private static final String PYTHON = "/usr/bin/python3";
  private static final long WAIT_S_MAX = 120;
  private static final int WAIT_MS_MAX = 120_000;

  @TempDir private Path folder;
  private RunningDoor door;

  @BeforeEach
  void open() {
    door = RunningDoor.open(folder);
  }

  @AfterEach
  void close() {
    door.close();
  }

  /// Names a command that a library does not know.
  ///
  /// @param word the name
  private record Word(String word) implements ProtocolCommand, ProtocolKeyword {
    @Override
    public byte[] getRaw() {
      return word.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public byte[] getBytes() {
      return getRaw();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"RESP2", "RESP3"})
  void servesJedis(RedisProtocol protocol) {
    var config =
        DefaultJedisClientConfig.builder().protocol(protocol).timeoutMillis(WAIT_MS_MAX).build();
    sessionOfJedis(new Jedis("127.0.0.1", door.port(), config));
  }

  @Test
  void servesJedisAsItIs() {
    sessionOfJedis(new Jedis("127.0.0.1", door.port(), WAIT_MS_MAX));
  }

  private static void sessionOfJedis(Jedis client) {
    try (var jedis = client) {
      assertThat(jedis.sendCommand(new Word("SM.SET"), "mystatemachine", MAP))
          .isEqualTo("OK".getBytes(StandardCharsets.US_ASCII));
      assertThat(jedis.sendCommand(new Word("SM.MUTATE"), "mystatemachine", "notastate")).isNull();
      assertThat(jedis.sendCommand(new Word("SM.MUTATE"), "mystatemachine", "blee")).isNotNull();
      assertThat(jedis.type("mystatemachine")).isEqualTo("StateType");
      var pipeline = jedis.pipelined();
      for (int i = 0; i < 1_000; i++) {
        pipeline.sendCommand(new Word("SM.SET"), "k" + i, MAP);
      }
      assertThat(pipeline.syncAndReturnAll()).hasSize(1_000);
      var transaction = jedis.multi();
      transaction.sendCommand(new Word("SM.MUTATE"), "k1", "boo");
      transaction.sendCommand(new Word("SM.MUTATE"), "k2", "nowhere");
      List<Object> answers = transaction.exec();
      assertThat(answers).hasSize(2);
      assertThat(answers.get(1)).isNull();
      assertThat(jedis.dbSize()).isEqualTo(1_001);
      assertThat(jedis.del("k1", "k2")).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"RESP2", "RESP3"})
  void servesLettuce(ProtocolVersion protocol) throws Exception {
    RedisClient client = RedisClient.create("redis://127.0.0.1:" + door.port());
    client.setOptions(ClientOptions.builder().protocolVersion(protocol).build());
    sessionOfLettuce(client);
  }

  @Test
  void servesLettuceAsItIs() throws Exception {
    sessionOfLettuce(RedisClient.create("redis://127.0.0.1:" + door.port()));
  }

  private static void sessionOfLettuce(RedisClient client) throws Exception {
    try (var connection = client.connect()) {
      var commands = connection.sync();
      assertThat(commands.dispatch(new Word("SM.SET"), status(), arguments("m", MAP)))
          .isEqualTo("OK");
      assertThat(commands.dispatch(new Word("SM.MUTATE"), status(), arguments("m", "x"))).isNull();
      assertThat(commands.dispatch(new Word("SM.MUTATE"), status(), arguments("m", "boo")))
          .isEqualTo("OK");
      var answers = new ArrayList<RedisFuture<String>>();
      for (int i = 0; i < 1_000; i++) {
        CommandArgs<String, String> sent = arguments("k" + i, MAP);
        answers.add(connection.async().dispatch(new Word("SM.SET"), status(), sent));
      }
      for (RedisFuture<String> answer : answers) {
        assertThat(answer.get(WAIT_S_MAX, TimeUnit.SECONDS)).isEqualTo("OK");
      }
      assertThat(commands.multi()).isEqualTo("OK");
      commands.dispatch(new Word("SM.MUTATE"), status(), arguments("k1", "boo"));
      commands.dispatch(new Word("SM.STATE"), new ArrayOutput<>(StringCodec.UTF8), arguments("k1"));
      Object first = commands.exec().get(0);
      assertThat(first).isEqualTo("OK");
      assertThat(commands.dbsize()).isEqualTo(1_001);
    } finally {
      client.shutdown();
    }
  }

  private static CommandOutput<String, String, String> status() {
    return new StatusOutput<>(StringCodec.UTF8);
  }

  private static CommandArgs<String, String> arguments(String... words) {
    return new CommandArgs<>(StringCodec.UTF8).addValues(List.of(words));
  }

  @Test
  void servesOneShotsOfRedisCli() throws Exception {
    require("redis-cli", "--version");
    String port = Integer.toString(door.port());
    assertThat(run(List.of("redis-cli", "-p", port, "SM.SET", "mymachine", MAP), ""))
        .isEqualTo("OK\n");
    assertThat(run(List.of("redis-cli", "-3", "-p", port, "SM.STATE", "mymachine"), ""))
        .isEqualTo("bar\n");
    var piped = new StringBuilder();
    for (int i = 0; i < 1_000; i++) {
      piped.append("SM.CREATE p").append(i).append("\r\n");
    }
    assertThat(run(List.of("redis-cli", "-p", port, "--pipe"), piped.toString()))
        .contains("errors: 0, replies: 1000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-2", "-3"})
  void servesRedisCliAtATerminal(String protocol) throws Exception {
    require("redis-cli", "--version");
    require(PYTHON, "--version");
    String script = script("interactive.py");
    assertThat(run(List.of(PYTHON, script, Integer.toString(door.port()), protocol), ""))
        .endsWith("done\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-q", "-3"})
  void servesRedisBenchmark(String option) throws Exception {
    require("redis-benchmark", "--version");
    String port = Integer.toString(door.port());
    var command = new ArrayList<>(List.of("redis-benchmark", "-p", port, "-n", "500", "-c", "5"));
    command.addAll(List.of(option, "--csv", "-t", "ping,set,get"));
    assertThat(run(command, "")).contains("\"GET\"").doesNotContain("rror");
    var moves = new ArrayList<>(command.subList(0, 8));
    moves.addAll(List.of("-P", "16", "-r", "100", "SM.SET", "k__rand_int__", MAP));
    assertThat(run(moves, "")).contains("SM.SET k__rand_int__").doesNotContain("rror");
  }

  @Test
  void servesPythonsExampleAsItIsWritten() throws Exception {
    require(PYTHON, "-c", "import redis");
    String script = script("seed.py");
    assertThat(run(List.of(PYTHON, script, Integer.toString(door.port()), "2"), ""))
        .isEqualTo("None\nOK\ndone\n");
  }

  /// Debian's python3-redis of before 5.0 speaks RESP2 only.
  @Test
  void servesPythonsExampleInTheNewProtocolWhereThatIsKnown() throws Exception {
    var known = List.of(PYTHON, "-c", "import redis; redis.Redis(protocol=3)");
    assumeTrue(hindrance(known).isEmpty(), "python3-redis: RESP2 only");
    String script = script("seed.py");
    assertThat(run(List.of(PYTHON, script, Integer.toString(door.port()), "3"), ""))
        .isEqualTo("None\nOK\ndone\n");
  }

  @Test
  void servesTheClientsOfNode() throws Exception {
    require("npm", "--version");
    script("clients.cjs");
    var install = new ArrayList<>(List.of("npm", "install", "--no-audit", "--no-fund", "--silent"));
    install.addAll(List.of("--prefix", folder.toString(), "redis@6.3.1", "ioredis@6.0.0"));
    String hindrance = hindrance(install);
    require(hindrance);
    assertThat(run(List.of("node", script("clients.cjs"), Integer.toString(door.port())), ""))
        .isEqualTo("done\n");
  }

  private String script(String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = ClientsTest.class.getResourceAsStream(name)) {
      Files.write(file, Objects.requireNonNull(in, name).readAllBytes());
    }
    return file.toString();
  }

  private void require(String... command) throws Exception {
    require(hindrance(List.of(command)));
  }

  private static void require(String hindrance) {
    if ("required".equals(System.getProperty("detent.tools"))) {
      assertThat(hindrance).isEmpty();
    }
    assumeTrue(hindrance.isEmpty(), hindrance);
  }

  private String hindrance(List<String> command) throws InterruptedException {
    try {
      return start(command).waitFor() == 0 ? "" : command + ": expected it to work; install it";
    } catch (IOException e) {
      return command.getFirst() + ": expected it on the path; see scripts/install-test-tools";
    }
  }

  private Process start(List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("out.txt").toFile())
        .start();
  }

  private String run(List<String> command, String input) throws Exception {
    Process process = start(command);
    try (var in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
    boolean ended = process.waitFor(WAIT_S_MAX, TimeUnit.SECONDS);
    process.destroyForcibly();
    String output = Files.readString(folder.resolve("out.txt"));
    assertThat(ended ? process.exitValue() : -1).as(output).isZero();
    return output;
  }
}
