// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Carries frames both ways over one socket: one virtual thread reads, another writes all that
/// waits at once.
///
/// **Threads**: any number may close it and put into its [#outbox].
final class Link {
  /// Takes the frames that come in.
  @FunctionalInterface
  interface Sink {
    /// Takes a frame.
    ///
    /// @throws IOException if the other side must not send it
    void received(Frame frame) throws IOException;
  }

  final Outbox outbox = new Outbox();

  private final Socket socket;
  private final PeerLimits limits;
  private volatile long heardAt = Ticker.nanos();
  private volatile long writingSince;
  private volatile @Nullable Thread writer;
  private @Nullable String why;

  Link(Socket socket, PeerLimits limits) {
    this.socket = socket;
    this.limits = limits;
  }

  /// Reads until the connection ends, on the calling thread, and writes meanwhile.
  ///
  /// @throws IOException when it has ended
  @SuppressWarnings("ThreadPriorityCheck") // a virtual thread is not taken off its carrier by time
  void carry(Sink sink) throws IOException {
    heardAt = Ticker.nanos();
    writer = Thread.ofVirtual().name("detent-peer-write").start(this::write);
    var reader =
        new FrameReader(new Listening(socket.getInputStream()), limits.sizes().frameBytesMax());
    while (true) {
      sink.received(reader.next());
      // Who sends without a pause never has this thread wait: others must have their turn too.
      Thread.yield();
    }
  }

  /// Returns when the last bytes came, as [Ticker#nanos] counts.
  long heardAt() {
    return heardAt;
  }

  /// Tells whether a write has stood still for too long: the other side does not read.
  boolean isStalled(long now) {
    long since = writingSince;
    return since != 0 && now - since > limits.times().silence().toNanos();
  }

  /// Takes nothing more to write, and waits until what is waiting is written.
  void flush(Duration limit) {
    outbox.finish();
    Thread writing = writer;
    try {
      if (writing != null) {
        var _ = writing.join(limit);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Ends it; whoever reads or writes is woken up.
  ///
  /// @param reason why, for people
  /// @return whether it was this call that ended it
  boolean close(String reason) {
    synchronized (this) {
      if (why != null) {
        return false;
      }
      why = reason;
    }
    outbox.close();
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone in any case.
      reason(e);
    }
    return true;
  }

  /// Says for people why a connection broke.
  static String reason(Exception e) {
    if (e instanceof EOFException) {
      return "the other side closed the connection";
    }
    if (e instanceof UnknownHostException) {
      return "unknown host " + e.getMessage();
    }
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  private void write() {
    String ended = "writing failed";
    try {
      writeAll(socket.getOutputStream());
      ended = null;
    } catch (IOException e) {
      ended = reason(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (ended != null) {
        close(ended);
      }
    }
  }

  private void writeAll(OutputStream out) throws IOException, InterruptedException {
    var buffer = new FrameBuffer();
    Runnable moved = () -> writingSince = Ticker.nanos();
    for (List<Outgoing> batch = outbox.take(); !batch.isEmpty(); batch = outbox.take()) {
      for (Outgoing outgoing : batch) {
        outgoing.write(buffer);
        if (buffer.isFull()) {
          buffer.writeTo(out, moved);
        }
      }
      buffer.writeTo(out, moved);
      writingSince = 0;
    }
  }

  /// Takes note of the time whenever bytes come.
  private final class Listening extends FilterInputStream {
    Listening(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      int count = super.read(bytes, from, length);
      heardAt = Ticker.nanos();
      return count;
    }
  }
}
