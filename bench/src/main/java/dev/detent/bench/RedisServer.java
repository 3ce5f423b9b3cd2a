// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Runs Debian's `redis-server` in its own process, with a folder of its own, and as durable as
/// Detent is: each answer waits until what it says is synced to the disk.
final class RedisServer implements Closeable {
  private static final long READY_MS_MAX = 10_000;
  private static final long PAUSE_MS = 20;
  private static final long STOP_MS_MAX = 10_000;

  private final Process process;
  private final Thread reaper;
  private final InetSocketAddress address;

  private RedisServer(Process process, Thread reaper, InetSocketAddress address) {
    this.process = process;
    this.reaper = reaper;
    this.address = address;
  }

  /// Returns the program, or null if this machine has none.
  static @Nullable Path program() {
    return Wrk.program("redis-server");
  }

  /// Starts it.
  ///
  /// @param program what to start
  /// @param folder where its files go
  static RedisServer start(Path program, Path folder) throws IOException, InterruptedException {
    Path home = Files.createTempDirectory(folder, "redis").toAbsolutePath();
    InetSocketAddress address = freeAddress();
    var command =
        List.of(
            program.toString(),
            "--bind",
            address.getAddress().getHostAddress(),
            "--port",
            String.valueOf(address.getPort()),
            "--dir",
            home.toString(),
            "--appendonly",
            "yes",
            "--appendfsync",
            "always",
            "--save",
            "");
    Path log = home.resolve("redis.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    var reaper = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(reaper);
    var server = new RedisServer(process, reaper, address);
    if (!server.answers()) {
      server.close();
      throw new IllegalStateException(
          "redis-server: expected it to listen, got:\n" + Files.readString(log));
    }
    return server;
  }

  private static InetSocketAddress freeAddress() throws IOException {
    InetAddress local = InetAddress.getLoopbackAddress();
    try (var socket = new ServerSocket(0, 1, local)) {
      return new InetSocketAddress(local, socket.getLocalPort());
    }
  }

  private boolean answers() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(READY_MS_MAX);
    while (process.isAlive() && System.nanoTime() < end) {
      try (var socket = new Socket()) {
        socket.connect(address);
        return true;
      } catch (IOException e) {
        Thread.sleep(PAUSE_MS); // not yet
      }
    }
    return false;
  }

  InetSocketAddress address() {
    return address;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_MS_MAX, TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().removeShutdownHook(reaper);
  }
}
