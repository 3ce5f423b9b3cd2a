// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.engine.Reply;
import dev.detent.engine.Request;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Carries one HTTP request to its answer.
///
/// **Guarantees**: at most one answer is written; later ones are dropped.
///
/// **Threads**: for its event loop, but for [#accept], which the engine calls.
final class Exchange implements Consumer<Reply> {
  private static final int DRAINED_BYTES_MAX = 64 << 10;
  private static final long LINGER_MS = 2_000;

  private final Loop loop;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private boolean answered;
  private @Nullable Reply reply;
  private @Nullable Request asked;
  private @Nullable Exchange below;
  private @Nullable Presence presence;
  private boolean waiting;

  Exchange(Loop loop, HttpServerRequest request) {
    this.loop = loop;
    this.request = request;
    response = request.response();
  }

  Loop loop() {
    return loop;
  }

  Shared shared() {
    return loop.shared();
  }

  HttpServerRequest request() {
    return request;
  }

  /// Returns the method; HEAD as GET.
  HttpMethod method() {
    HttpMethod method = request.method();
    return method.equals(HttpMethod.HEAD) ? HttpMethod.GET : method;
  }

  /// Returns the headers of the request.
  MultiMap headers() {
    return request.headers();
  }

  /// Returns a header of the request that may stand there once, or null.
  @Nullable String header(CharSequence name) {
    MultiMap headers = request.headers();
    String value = headers.get(name);
    if (value != null && headers.getAll(name).size() > 1) {
      throw Refusals.bad(name + ": expected one header, got several; send it once");
    }
    return value;
  }

  boolean isHttp2() {
    return request.version() == HttpVersion.HTTP_2;
  }

  boolean isHead() {
    return request.method().equals(HttpMethod.HEAD);
  }

  /// Asks the engine; its reply becomes the answer.
  void submit(Request request) {
    if (!loop.enter()) {
      refuse(Refusals.overloaded("requests"));
      return;
    }
    asked = request;
    await();
    try {
      shared().engine().submit(request, this);
    } catch (RuntimeException e) {
      leave();
      throw e;
    }
  }

  private void await() {
    Presence known = loop.presence(request.connection());
    waiting = true;
    presence = known;
    if (known != null) {
      known.waits(this);
    }
    if (isHttp2()) {
      // A stream may be reset while its connection stays.
      response.exceptionHandler(failure -> abandon());
    }
  }

  /// Hears that nobody is there any more to take the answer.
  void abandon() {
    if (waiting) {
      leave();
      shared().engine().forget(this);
    }
  }

  private void leave() {
    waiting = false;
    loop.leave();
    if (presence != null) {
      presence.answered(this);
    }
  }

  @Override
  public void accept(Reply given) {
    reply = given;
    loop.answer(this);
  }

  /// Writes the engine's reply.
  void finish() {
    Reply given = reply;
    if (waiting && given != null) {
      leave();
      guard(() -> Replies.write(this, given));
    }
  }

  /// Returns what the engine was asked.
  @Nullable Request asked() {
    return asked;
  }

  @Nullable Exchange below() {
    return below;
  }

  void below(@Nullable Exchange exchange) {
    below = exchange;
  }

  /// Runs a part of the handling; what it throws becomes the answer.
  void guard(Runnable part) {
    try {
      part.run();
    } catch (RuntimeException e) {
      refuse(Refusals.of(e));
    }
  }

  /// Makes the answer on a worker.
  void work(Supplier<Document> task) {
    work(task, this::send);
  }

  /// Runs what may block on a thread of its own, and goes on with the result on this one's loop.
  <T> void work(Supplier<T> task, Consumer<T> then) {
    boolean taken =
        shared()
            .workers()
            .run(() -> {
              try {
                T result = task.get();
                loop.run(() -> then.accept(result));
              } catch (RuntimeException | Error e) {
                // Whoever waits is answered, also where a deep recursion ran out of stack.
                Problem problem = Refusals.of(e);
                loop.run(() -> refuse(problem));
              }
            });
    if (!taken) {
      refuse(Refusals.overloaded("workers"));
    }
  }

  /// Sets a header of the answer.
  Exchange with(CharSequence name, CharSequence value) {
    response.headers().set(name, value);
    return this;
  }

  void refuse(Problem problem) {
    ErrorCode code = problem.code();
    if (code.httpStatus() == 503) {
      with(HttpHeaders.RETRY_AFTER, Wire.SECONDS);
    } else if (code == ErrorCode.UNAUTHORIZED) {
      with(Wire.WWW_AUTHENTICATE, Wire.BEARER);
    }
    send(new Document(code.httpStatus(), Wire.PROBLEM, Refusals.write(problem)));
  }

  /// Refuses the method.
  ///
  /// @param allowed what would do, such as `GET, HEAD`
  void refuseMethod(String allowed) {
    with(HttpHeaders.ALLOW, allowed);
    refuse(
        Problem.of(
            ErrorCode.METHOD_NOT_ALLOWED,
            "method: expected " + allowed + ", got " + request.method().name()));
  }

  void send(Document document) {
    send(document.status(), document.type(), document.body());
  }

  void send(int status, CharSequence type, String body) {
    if (answered || response.closed()) {
      return;
    }
    answered = true;
    shared().metrics().responded(status);
    if (status != 200) {
      response.setStatusCode(status);
    }
    response.headers().set(HttpHeaders.CONTENT_TYPE, type);
    boolean lingers = !request.isEnded() && hasMoreThanDrained();
    if (lingers && !isHttp2()) {
      with(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    if (isHead()) {
      int length = body.getBytes(StandardCharsets.UTF_8).length;
      with(HttpHeaders.CONTENT_LENGTH, Integer.toString(length));
      response.end();
    } else {
      response.end(Buffer.buffer(body));
    }
    if (lingers) {
      linger();
    }
  }

  private boolean hasMoreThanDrained() {
    String length = request.headers().get(HttpHeaders.CONTENT_LENGTH);
    if (length != null) {
      long bytes = QueryText.digits(length);
      return bytes < 0 || bytes > DRAINED_BYTES_MAX;
    }
    return request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
  }

  /// Goes on reading and dropping for a while, so that the client reads the answer before it sees
  /// the connection closed.
  private void linger() {
    long timer = loop.after(LINGER_MS, this::cut);
    request.handler(null);
    request.endHandler(v -> {
      loop.cancel(timer);
      cut();
    });
  }

  private void cut() {
    if (!isHttp2()) {
      var _ = request.connection().close();
    } else if (!request.isEnded()) {
      var _ = response.reset();
    }
  }
}
