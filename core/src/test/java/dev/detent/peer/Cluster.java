// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import dev.detent.codec.Json;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/// Opens servers, clients and sockets on this machine, and closes all of them.
final class Cluster implements AutoCloseable {
  static final byte[] SECRET = "what all nodes know".getBytes(StandardCharsets.UTF_8);
  static final Handshake HANDSHAKE = new Handshake(SECRET, Handshake.VERSION);
  static final PeerHandler ECHO = (request, deadline, reply) -> reply.accept(request);

  /// Notices silence soon, and leaves a slow machine time to connect.
  static final PeerLimits ALERT =
      PeerLimits.STANDARD.withTimes(
          new PeerLimits.Times(
              Duration.ofSeconds(30),
              Duration.ofMillis(100),
              Duration.ofSeconds(1),
              Duration.ofMinutes(1)));

  /// Leaves a node that lives much more time than one heartbeat before it takes it for silent.
  static final PeerLimits PATIENT =
      PeerLimits.STANDARD.withTimes(
          new PeerLimits.Times(
              Duration.ofSeconds(30),
              Duration.ofMillis(100),
              Duration.ofSeconds(3),
              Duration.ofMinutes(1)));

  private final Deque<Closeable> opened = new ArrayDeque<>();

  PeerServer server(PeerHandler handler) throws IOException {
    return server(0, handler, PeerLimits.STANDARD);
  }

  PeerServer server(int port, PeerHandler handler, PeerLimits limits) throws IOException {
    PeerServer server = PeerServer.open(local(port), SECRET, handler, limits);
    opened.push(server::close);
    return server;
  }

  PeerClient client() {
    return client(PeerLimits.STANDARD);
  }

  PeerClient client(PeerLimits limits) {
    return client(SECRET, limits);
  }

  PeerClient client(byte[] secret, PeerLimits limits) {
    PeerClient client = PeerClient.open(secret, limits);
    opened.push(client::close);
    return client;
  }

  /// Opens a socket that nobody accepts from but the test.
  ServerSocket socket() throws IOException {
    var socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    opened.push(socket);
    return socket;
  }

  /// Returns limits with other times to connect and to stay connected, and room for connections.
  static PeerLimits timed(Duration connect, Duration idle, int connectionsMax) {
    var times = PeerLimits.STANDARD.times();
    var sizes = PeerLimits.STANDARD.sizes();
    return new PeerLimits(
        new PeerLimits.Times(connect, times.heartbeat(), times.silence(), idle),
        new PeerLimits.Sizes(
            sizes.frameBytesMax(), sizes.unansweredMax(), sizes.waitingBytesMax(), connectionsMax));
  }

  /// Returns limits with other bounds of memory.
  static PeerLimits sized(int frameBytesMax, int unansweredMax, long waitingBytesMax) {
    return PeerLimits.STANDARD.withSizes(
        new PeerLimits.Sizes(frameBytesMax, unansweredMax, waitingBytesMax, 10));
  }

  static InetSocketAddress local(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  static String address(PeerServer server) {
    return address(server.address().getPort());
  }

  static String address(int port) {
    return "127.0.0.1:" + port;
  }

  static Json text(String text) {
    return Json.string(text);
  }

  @Override
  public void close() throws IOException {
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
  }
}
