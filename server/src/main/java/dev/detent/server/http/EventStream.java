// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.event.EventLog;
import dev.detent.server.door.JsonWriter;
import dev.detent.server.door.Views;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.Semaphore;

/// Sends events live, as server-sent events.
///
/// A virtual thread reads the feed and hands pieces to the event loop. It reads on only after the
/// connection has taken the last piece, so that a slow reader holds one piece in memory and no
/// more.
///
/// **Threads**: made and closed on its event loop.
final class EventStream implements Runnable {
  private static final System.Logger LOG = System.getLogger(EventStream.class.getName());
  private static final int PIECE_CHARS_MAX = 64 << 10;

  private final Exchange exchange;
  private final HttpServerResponse response;
  private final Feed feed;
  private final Thread thread;
  private final Semaphore room = new Semaphore(0);
  private volatile boolean open = true;

  private EventStream(Exchange exchange, Feed feed) {
    this.exchange = exchange;
    this.feed = feed;
    response = exchange.request().response();
    thread = Thread.ofVirtual().name("detent-http-stream").unstarted(this);
  }

  /// Answers an exchange with a stream that lasts until either side ends it.
  static void open(Exchange exchange, Feed feed) {
    var metrics = exchange.shared().metrics();
    if (exchange.request().response().closed()) {
      return;
    }
    if (metrics.streaming(1) > exchange.shared().options().streamsMax()) {
      metrics.streaming(-1);
      exchange.refuse(Refusals.overloaded("event streams"));
      return;
    }
    new EventStream(exchange, feed).start();
  }

  private void start() {
    exchange.loop().streams().add(this);
    exchange.shared().metrics().responded(200);
    response.closeHandler(v -> forget());
    response.exceptionHandler(failure -> forget());
    response.headers().set(HttpHeaders.CONTENT_TYPE, Wire.EVENTS);
    response.headers().set(HttpHeaders.CACHE_CONTROL, Wire.NO_CACHE);
    response.setChunked(true);
    write(": open\n\n");
    thread.start();
  }

  /// Ends the stream in order; the client will come again with its last id.
  void close() {
    if (open) {
      forget();
      if (!response.ended() && !response.closed()) {
        var _ = response.end();
      }
    }
  }

  /// Reads and sends until the stream is closed.
  @Override
  public void run() {
    try {
      long heartbeatMs = exchange.shared().options().heartbeat().toMillis();
      while (open) {
        if (sendNext()) {
          continue;
        }
        if (!feed.await(heartbeatMs)) {
          send(": heartbeat\n\n");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // The client comes again with its last id; then the store may answer.
      LOG.log(System.Logger.Level.WARNING, "event stream ended", e);
    } finally {
      exchange.loop().run(this::close);
    }
  }

  private boolean sendNext() throws InterruptedException {
    EventLog.Page page = feed.read(Feed.SLICE);
    var piece = new StringBuilder();
    for (int i = 0; i < page.events().size() && open; i++) {
      var json = new JsonWriter(512);
      Views.event(json, page.events().get(i));
      piece.append("id: ").append(page.cursors().get(i)).append("\ndata: ").append(json);
      piece.append("\n\n");
      if (piece.length() >= PIECE_CHARS_MAX) {
        send(piece.toString());
        piece.setLength(0);
      }
    }
    if (!piece.isEmpty()) {
      send(piece.toString());
    }
    return !page.events().isEmpty();
  }

  private void send(String piece) throws InterruptedException {
    if (exchange.loop().run(() -> writeAndDrain(piece))) {
      room.acquire();
    } else {
      open = false;
    }
  }

  private void writeAndDrain(String piece) {
    if (!open) {
      return;
    }
    write(piece);
    if (response.writeQueueFull()) {
      response.drainHandler(v -> {
        response.drainHandler(null);
        room.release();
      });
    } else {
      room.release();
    }
  }

  private void write(String piece) {
    var _ = response.write(Buffer.buffer(piece));
  }

  private void forget() {
    if (open) {
      open = false;
      exchange.loop().streams().remove(this);
      exchange.shared().metrics().streaming(-1);
      thread.interrupt();
    }
  }
}
