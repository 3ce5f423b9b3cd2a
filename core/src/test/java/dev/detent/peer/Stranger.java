// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Plays one side of a connection by hand.
final class Stranger implements AutoCloseable {
  private final Socket socket;
  private final OutputStream out;
  private final FrameReader frames;

  private Stranger(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    this.frames = new FrameReader(socket.getInputStream(), 8 << 20);
    this.out = socket.getOutputStream();
  }

  /// Connects, without a word.
  static Stranger connect(PeerServer server) throws IOException {
    var address = server.address();
    return new Stranger(new Socket(address.getAddress(), address.getPort()));
  }

  /// Connects and proves the secret.
  static Stranger join(PeerServer server) throws IOException {
    Stranger stranger = connect(server);
    Cluster.HANDSHAKE.asClient(stranger.socket);
    return stranger;
  }

  /// Accepts a connection, without a word.
  static Stranger accept(ServerSocket server) throws IOException {
    return new Stranger(server.accept());
  }

  /// Accepts a connection and proves the secret.
  static Stranger welcome(ServerSocket server) throws IOException {
    Stranger stranger = accept(server);
    Cluster.HANDSHAKE.asServer(stranger.socket);
    return stranger;
  }

  Socket socket() {
    return socket;
  }

  void send(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.UTF_8));
  }

  void sendFrame(int kind, long number, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    send(kind, number, bytes.length, bytes);
  }

  /// Sends a frame that claims another length than its body has.
  void send(int kind, long number, int length, byte[] body) throws IOException {
    send(
        ByteBuffer.allocate(4 + Frame.HEADER_BYTES + body.length)
            .putInt(length + Frame.HEADER_BYTES)
            .put((byte) kind)
            .putLong(number)
            .putLong(30_000)
            .put(body)
            .array());
  }

  Frame receive() throws IOException {
    return frames.next();
  }

  /// Reads until the other side closes, and returns how many bytes came.
  long drain() throws IOException {
    InputStream in = socket.getInputStream();
    byte[] bytes = new byte[64 << 10];
    long all = 0;
    try {
      for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
        all += count;
      }
    } catch (SocketException e) {
      // Closed while something was still on its way here: an end as well.
      return all;
    }
    return all;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
