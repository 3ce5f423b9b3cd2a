// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/// Answers requests of other nodes that know the cluster's secret.
///
/// A connection that breaks the protocol, reads nothing or says nothing for long is closed; the
/// others do not notice.
///
/// **Threads**: safe for any number of threads.
///
/// **Limits**: see [PeerLimits]. Beyond them a request is not handed to the handler, and the asking
/// node hears BUSY.
public final class PeerServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(PeerServer.class.getName());
  private static final int BACKLOG = 256;
  private static final Duration FLUSH_MAX = Duration.ofSeconds(1);
  private static final long ACCEPT_AGAIN_NANOS = 50_000_000;

  private final ServerSocket socket;
  private final Handshake handshake;
  private final PeerHandler handler;
  private final PeerLimits limits;
  private final Set<Guest> guests = ConcurrentHashMap.newKeySet();
  private final Thread acceptor;
  private final Ticker ticker;
  private volatile boolean closed;

  private PeerServer(
      ServerSocket socket, Handshake handshake, PeerHandler handler, PeerLimits limits) {
    this.socket = socket;
    this.handshake = handshake;
    this.handler = handler;
    this.limits = limits;
    this.acceptor = Thread.ofVirtual().name("detent-peer-accept").unstarted(this::accept);
    this.ticker = Ticker.start("detent-peer-server", this::tick);
  }

  /// Opens a server with the standard limits.
  ///
  /// @param address where to listen; port 0 picks a free one
  /// @param secret what all nodes of the cluster know; 1 byte or more
  /// @param handler answers the requests
  /// @throws IllegalArgumentException if the secret is empty
  /// @throws IOException if the address can't be listened on, such as a port in use
  public static PeerServer open(InetSocketAddress address, byte[] secret, PeerHandler handler)
      throws IOException {
    return open(address, secret, handler, PeerLimits.STANDARD);
  }

  /// Opens a server.
  ///
  /// @param address where to listen; port 0 picks a free one
  /// @param secret what all nodes of the cluster know; 1 byte or more
  /// @param handler answers the requests
  /// @param limits bounds of time and memory
  /// @throws IllegalArgumentException if the secret is empty
  /// @throws IOException if the address can't be listened on, such as a port in use
  public static PeerServer open(
      InetSocketAddress address, byte[] secret, PeerHandler handler, PeerLimits limits)
      throws IOException {
    var handshake = new Handshake(secret, Handshake.VERSION);
    var socket = new ServerSocket();
    try {
      socket.bind(address, BACKLOG);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    var server = new PeerServer(socket, handshake, handler, limits);
    server.acceptor.start();
    return server;
  }

  /// Returns where it listens, with the port that was picked.
  public InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  private void accept() {
    while (!closed) {
      try {
        welcome(socket.accept());
      } catch (IOException e) {
        if (!closed) {
          LOG.log(System.Logger.Level.WARNING, "connection of another node: not accepted", e);
          LockSupport.parkNanos(ACCEPT_AGAIN_NANOS);
        }
      }
    }
  }

  private void welcome(Socket connection) throws IOException {
    if (guests.size() >= limits.sizes().connectionsMax()) {
      connection.close();
      return;
    }
    var guest = new Guest(connection, limits, handshake, handler);
    guests.add(guest);
    // Looked at after adding: either this or close() sees the other.
    if (closed) {
      guest.close("this node stops");
    } else {
      Thread.ofVirtual().name("detent-peer-read").start(guest::serve);
    }
  }

  private void tick() {
    long now = Ticker.nanos();
    guests.forEach(guest -> guest.tick(now));
    guests.removeIf(Guest::isEnded);
  }

  /// Stops listening and ends all connections, after what was answered is written; takes up to 1 s.
  /// Requests without an answer are cut. The port is free then.
  @Override
  public void close() {
    closed = true;
    long until = Ticker.nanos() + FLUSH_MAX.toNanos();
    try {
      socket.close();
      // The port is free when the thread that waits at it has noticed.
      var _ = acceptor.join(FLUSH_MAX);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "listening for other nodes: not ended well", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Guest guest : guests) {
      guest.stop(Duration.ofNanos(Math.max(1, until - Ticker.nanos())));
    }
    ticker.stop();
  }
}
