// SPDX-License-Identifier: Apache-2.0
package dev.detent.server;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.engine.Engine;
import dev.detent.machine.Machine;
import dev.detent.server.door.Metrics;
import dev.detent.store.StoreException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs an engine on a store, behind doors.
///
/// **Threads**: safe for any number of threads.
public final class Server implements AutoCloseable {
  private static final Duration STOP_MAX = Duration.ofSeconds(5);

  /// How much of the time to stop is kept for the store, after every client was answered.
  private static final Duration CLOSE_MAX = Duration.ofMillis(500);

  private final Config config;
  private final OpenStore store;
  private final Engine engine;
  private final Doors doors;

  private Server(Config config, OpenStore store, Engine engine, Doors doors) {
    this.config = config;
    this.store = store;
    this.engine = engine;
    this.doors = doors;
  }

  /// Starts a server. It serves when this returns.
  ///
  /// @throws dev.detent.DetentException if it can't: the store or a file can't be used, a
  ///   definition is wrong or would strand instances, a port is in use
  public static Server start(Config config) {
    var found = new Machines(config);
    List<Machine> machines = found.all();
    String token = Tokens.read(config.tokenFile());
    Metrics metrics = new Metrics();
    requireFree("http", config.http());
    requireFree("redis", config.redis());
    OpenStore store = OpenStore.open(config);
    makeTables(store, config, found.wantingTables());
    Engine engine = engine(store, machines, metrics, config);
    try {
      return new Server(config, store, engine, Doors.open(config, engine, token, metrics));
    } catch (RuntimeException e) {
      engine.stop(Duration.ZERO);
      store.close();
      throw e;
    }
  }

  /// Fails for a port in use before the store is touched; the door itself only opens after it.
  private static void requireFree(String door, @Nullable Address address) {
    if (address == null || address.port() == 0) {
      return;
    }
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(address.host(), address.port()));
    } catch (IOException e) {
      throw Problem.of(
              ErrorCode.UNAVAILABLE,
              "%s: expected to listen on %s, got '%s'; choose another address"
                  .formatted(door, address, e.getMessage()))
          .exception();
    }
  }

  private static void makeTables(OpenStore store, Config config, List<Machine> machines) {
    try {
      MissingTables.make(store.source(), config.store().dialect(), machines);
    } catch (SQLException e) {
      store.store().close();
      store.close();
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("no message");
      throw Problem.of(
              ErrorCode.UNAVAILABLE,
              "store: expected to make the tables of the examples, got: " + why)
          .exception();
    }
  }

  private static Engine engine(
      OpenStore store, List<Machine> machines, Metrics metrics, Config config) {
    Address peer = config.peer();
    var builder =
        Engine.builder(store.store())
            .observer(metrics)
            .leaseDuration(config.leaseDuration())
            .eventRetention(config.eventRetention())
            .peerAddress(new InetSocketAddress(peer.host(), peer.port()));
    machines.forEach(builder::machine);
    try {
      return builder.start();
    } catch (RuntimeException e) {
      store.store().close();
      store.close();
      throw e instanceof StoreException
          ? Problem.of(ErrorCode.UNAVAILABLE, "store: " + e.getMessage()).exception()
          : e;
    }
  }

  /// Returns where HTTP is served, with the port that is bound; null for nowhere.
  public @Nullable Address http() {
    return doors.http();
  }

  /// Returns where Redis clients are served, with the port that is bound; null for nowhere.
  public @Nullable Address redis() {
    return doors.redis();
  }

  /// Returns the line that says that it serves, without a line break: `detent ready http=HOST:PORT
  /// redis=HOST:PORT store=URL`, with `off` for a door that is off. It has no password.
  public String readyLine() {
    return "detent ready http=%s redis=%s store=%s"
        .formatted(shown(http()), shown(redis()), config.store());
  }

  private static String shown(@Nullable Address address) {
    return address == null ? "off" : address.toString();
  }

  /// Stops: accepts nothing more, commits what is decided, answers everybody, lets the store go.
  ///
  /// @param limit how long that may take; who is not answered by then is cut off
  public void stop(Duration limit) {
    Duration answers = limit.minus(CLOSE_MAX);
    Duration decisions = answers.minus(CLOSE_MAX);
    // Both at once: the engine's last answers still have to leave through the door.
    Thread door = Thread.ofPlatform().name("detent-stop").start(() -> drain(answers));
    try {
      engine.stop(decisions.isNegative() ? Duration.ZERO : decisions);
      door.join(answers);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      doors.close();
      store.close();
    }
  }

  private void drain(Duration limit) {
    doors.stopAccepting(limit.isNegative() ? Duration.ZERO : limit);
  }

  /// Stops within 5 s.
  @Override
  public void close() {
    stop(STOP_MAX);
  }
}
