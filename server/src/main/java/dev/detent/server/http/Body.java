// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.Problem;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Collects a request's body, within the limits.
///
/// A body that arrives whole costs nothing but itself. One that comes in pieces takes room from its
/// loop and has until the idle timeout.
///
/// **Threads**: for its event loop.
final class Body implements Handler<Buffer> {
  private static final byte[] EMPTY = {};

  private final Exchange exchange;
  private final int bytesMax;
  private final long announced;
  private final boolean json;
  private final Consumer<byte[]> then;
  private @Nullable Buffer collected;
  private boolean pieces;
  private boolean over;
  private long reserved;
  private long timer;

  private Body(
      Exchange exchange, int bytesMax, long announced, boolean json, Consumer<byte[]> then) {
    this.exchange = exchange;
    this.bytesMax = bytesMax;
    this.announced = announced;
    this.json = json;
    this.then = then;
  }

  /// Reads the body of a request whose head has just come.
  ///
  /// @param bytesMax the most that is taken
  /// @param then what gets the bytes, perhaps none
  static void read(Exchange exchange, int bytesMax, Consumer<byte[]> then) {
    MultiMap headers = exchange.headers();
    long announced = announced(headers);
    if (announced > bytesMax) {
      throw Refusals.tooLarge(bytesMax).exception();
    }
    boolean json = ContentType.isJson(headers);
    if (announced > 0 && !json) {
      throw ContentType.problem(headers).exception();
    }
    if (announced == 0 || (announced < 0 && !mayFollow(exchange))) {
      then.accept(EMPTY);
      return;
    }
    if (headers.contains(HttpHeaders.EXPECT, HttpHeaders.CONTINUE, true)) {
      var _ = exchange.request().response().writeContinue();
    }
    var body = new Body(exchange, bytesMax, announced, json, then);
    exchange.request().handler(body).endHandler(v -> body.end());
  }

  @Override
  public void handle(Buffer piece) {
    if (over) {
      return;
    }
    Buffer before = collected;
    int length = piece.length() + (before == null ? 0 : before.length());
    if (length > bytesMax) {
      refuse(Refusals.tooLarge(bytesMax));
    } else if (before == null && length == announced) {
      collected = piece;
    } else if (beginPieces() && reserve(piece.length())) {
      collected = (before == null ? Buffer.buffer() : before).appendBuffer(piece);
    }
  }

  private void end() {
    release();
    if (over) {
      return;
    }
    over = true;
    Buffer whole = collected;
    byte[] bytes = whole == null ? EMPTY : whole.getBytes();
    collected = null;
    if (bytes.length > 0 && !json) {
      exchange.refuse(ContentType.problem(exchange.headers()));
    } else {
      exchange.guard(() -> then.accept(bytes));
    }
  }

  private boolean beginPieces() {
    if (!pieces) {
      pieces = true;
      exchange.request().exceptionHandler(failure -> abandon());
      long ms = exchange.shared().options().idleTimeout().toMillis();
      timer = exchange.loop().after(ms, () -> tooSlow(ms));
    }
    return true;
  }

  private boolean reserve(int bytes) {
    if (exchange.loop().reserve(bytes)) {
      reserved += bytes;
      return true;
    }
    refuse(Refusals.overloaded("bodies"));
    return false;
  }

  private void tooSlow(long ms) {
    refuse(
        Refusals.bad("body: expected it within " + ms + " ms, got a part; send it faster")
            .problem());
  }

  private void refuse(Problem problem) {
    abandon();
    exchange.refuse(problem);
  }

  private void abandon() {
    over = true;
    collected = null;
    release();
  }

  private void release() {
    if (pieces) {
      exchange.loop().cancel(timer);
      exchange.loop().release(reserved);
      reserved = 0;
    }
  }

  /// HTTP/1.1 announces every body; HTTP/2 may send one without.
  private static boolean mayFollow(Exchange exchange) {
    return exchange.isHttp2()
        ? !exchange.request().isEnded()
        : exchange.headers().contains(HttpHeaders.TRANSFER_ENCODING);
  }

  private static long announced(MultiMap headers) {
    String encoding = headers.get(HttpHeaders.TRANSFER_ENCODING);
    if (encoding != null && !encoding.equalsIgnoreCase("chunked")) {
      throw Refusals.bad("Transfer-Encoding: expected chunked, got '" + encoding + "'");
    }
    String length = headers.get(HttpHeaders.CONTENT_LENGTH);
    if (length == null) {
      return -1;
    }
    long bytes = QueryText.digits(length);
    if (bytes < 0) {
      throw Refusals.bad("Content-Length: expected digits, got '" + length + "'");
    }
    return bytes;
  }
}
