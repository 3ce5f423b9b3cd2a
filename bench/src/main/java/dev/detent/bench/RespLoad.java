// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Loads a server that speaks Redis's protocol from one thread, as `redis-benchmark` does: each
/// connection sends so many commands at once, and the next ones after their answers.
///
/// Any answer but the wanted one ends it: a move that is refused is no move.
final class RespLoad implements AutoCloseable {
  private static final long ANSWER_MS_MAX = 30_000;
  private static final int PIECE_BYTES = 64 << 10;

  private final Commands commands;
  private final byte[] wanted;
  private final int pipeline;
  private final Selector selector;
  private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
  private final List<Client> clients = new ArrayList<>();
  private final Samples latencies = new Samples();
  private long end;
  private long answers;
  private int busy;

  private RespLoad(Commands commands, int pipeline, Selector selector) {
    this.commands = commands;
    this.wanted = commands.answer().getBytes(StandardCharsets.UTF_8);
    this.pipeline = pipeline;
    this.selector = selector;
  }

  /// Says what to send.
  interface Commands {
    /// Returns the next command of a connection.
    byte[] next(int connection);

    /// Returns the answer to each of them, byte for byte.
    String answer();
  }

  /// Returns a command as clients send it.
  static byte[] command(String... words) {
    var text = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      int bytes = word.getBytes(StandardCharsets.UTF_8).length;
      text.append('$').append(bytes).append("\r\n").append(word).append("\r\n");
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// Connects.
  ///
  /// @param address the server
  /// @param commands what to send
  /// @param connections how many connections
  /// @param pipeline how many commands each sends at once
  static RespLoad open(InetSocketAddress address, Commands commands, int connections, int pipeline)
      throws IOException {
    var load = new RespLoad(commands, pipeline, Selector.open());
    for (int i = 0; i < connections; i++) {
      var channel = SocketChannel.open(address);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      var client = load.new Client(i, channel);
      channel.register(load.selector, SelectionKey.OP_READ, client);
      load.clients.add(client);
    }
    return load;
  }

  /// Sends for a while, and takes all answers.
  ///
  /// @throws IllegalStateException at another answer than the wanted one
  Run run(Duration length) throws IOException {
    long start = System.nanoTime();
    end = start + length.toNanos();
    busy = clients.size();
    for (Client client : clients) {
      client.send();
    }
    while (busy > 0) {
      if (selector.select(this::taken, ANSWER_MS_MAX) == 0) {
        throw new IllegalStateException("load: expected answers, got none for 30 s");
      }
    }
    return Run.of(answers, System.nanoTime() - start, latencies);
  }

  /// Sends each connection's commands once.
  void once() throws IOException {
    run(Duration.ZERO);
  }

  private void taken(SelectionKey key) {
    try {
      ((Client) key.attachment()).receive();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    for (Client client : clients) {
      client.channel.close();
    }
    selector.close();
  }

  /// Is one connection.
  private final class Client {
    private final int number;
    private final SocketChannel channel;
    private ByteBuffer out = ByteBuffer.allocateDirect(1 << 10);
    private int missing;
    private int matched;
    private long sent;

    Client(int number, SocketChannel channel) {
      this.number = number;
      this.channel = channel;
    }

    void send() throws IOException {
      out.clear();
      for (int i = 0; i < pipeline; i++) {
        put(commands.next(number));
      }
      out.flip();
      missing = pipeline;
      sent = System.nanoTime();
      while (out.hasRemaining()) {
        channel.write(out);
      }
    }

    private void put(byte[] command) {
      if (out.remaining() < command.length) {
        var larger = ByteBuffer.allocateDirect(2 * (out.capacity() + command.length));
        out = larger.put(out.flip());
      }
      out.put(command);
    }

    void receive() throws IOException {
      piece.clear();
      if (channel.read(piece) < 0) {
        throw new IOException("the server closed the connection");
      }
      piece.flip();
      while (piece.hasRemaining()) {
        take(piece.get());
      }
      if (missing == 0) {
        answers += pipeline;
        long now = System.nanoTime();
        latencies.add(now - sent);
        if (now < end) {
          send();
        } else {
          busy--;
        }
      }
    }

    private void take(byte next) {
      if (missing == 0 || next != wanted[matched]) {
        throw unwanted();
      }
      if (++matched == wanted.length) {
        matched = 0;
        missing--;
      }
    }

    private IllegalStateException unwanted() {
      byte[] got = new byte[piece.limit()];
      piece.get(0, got);
      return new IllegalStateException(
          "load: expected only '%s', got '%s'"
              .formatted(commands.answer(), new String(got, StandardCharsets.UTF_8))
              .replace("\r\n", "\\r\\n"));
    }
  }
}
