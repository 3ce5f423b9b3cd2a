// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// Serves counters as Detent does, in memory, but for one kind of lie that it tells now and then.
final class LyingServer implements Served, AutoCloseable {
  private static final int LIE_EVERY = 10;

  private final HttpServer server;
  private final Lie lie;
  private final Runnable asked;
  private final Map<String, List<String>> names = new HashMap<>();
  private final Map<String, Reply> replies = new HashMap<>();
  private int requests;
  private int chances;

  /// Says what is wrong with a server.
  enum Lie {
    NONE,
    FORGETS_A_MOVE,
    FORGETS_A_SEND,
    MOVES_TWICE,
    DENIES_A_MOVE,
    READS_THE_PAST,
    REFUSES_BY_THE_PAST,
    REPEATS_OTHERWISE,
    REORDERS_HISTORY
  }

  /// Is an answer.
  private record Reply(int status, String body, long version) {
    static final Reply UNKNOWN = new Reply(503, "{\"code\":\"OUTCOME_UNKNOWN\"}", 0);
    static final Reply UNAVAILABLE = new Reply(503, "{\"code\":\"UNAVAILABLE\"}", 0);
  }

  private LyingServer(HttpServer server, Lie lie, Runnable asked) {
    this.server = server;
    this.lie = lie;
    this.asked = asked;
  }

  /// Starts one.
  ///
  /// @param asked is run at each request
  static LyingServer start(Lie lie, Runnable asked) throws IOException {
    var at = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    var lying = new LyingServer(HttpServer.create(at, 0), lie, asked);
    lying.server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    lying.server.createContext("/", lying::handle);
    lying.server.start();
    return lying;
  }

  @Override
  public String name() {
    return "lying server";
  }

  @Override
  public @Nullable String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String[] path = exchange.getRequestURI().getPath().split("/");
      Reply reply = reply(exchange, path, body);
      byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Detent-Version", "" + reply.version());
      exchange.sendResponseHeaders(reply.status(), bytes.length);
      exchange.getResponseBody().write(bytes);
    }
    asked.run();
  }

  private synchronized Reply reply(HttpExchange exchange, String[] path, String body) {
    requests++;
    List<String> moves = names.computeIfAbsent(path[2], key -> new ArrayList<>());
    if (path.length == 3) {
      return read(moves);
    } else if (path[3].equals("history")) {
      return history(moves);
    }
    String token = exchange.getRequestHeaders().getFirst("Idempotency-Key");
    Reply known = token == null ? null : replies.get(token);
    if (known != null && !lies(Lie.MOVES_TWICE)) {
      exchange.getResponseHeaders().add("Idempotent-Replayed", "true");
      return lies(Lie.REPEATS_OTHERWISE) ? new Reply(200, "{}", known.version()) : known;
    }
    String expected = exchange.getRequestHeaders().getFirst("If-Match");
    Reply reply = move(moves, path, body, expected);
    if (token != null && reply.status() < 300) {
      replies.put(token, reply);
    }
    return requests % 7 == 0 && reply.status() < 300 ? Reply.UNKNOWN : reply;
  }

  private Reply move(List<String> moves, String[] path, String body, @Nullable String expected) {
    boolean stale = lies(Lie.REFUSES_BY_THE_PAST) && !moves.isEmpty();
    int version = stale ? moves.size() - 1 : moves.size();
    if (expected != null && !expected.equals("\"" + version + "\"")) {
      return new Reply(412, "{}", 0);
    }
    boolean odd = version % 2 == 1;
    if ((path[3].equals("up") && odd) || (path[3].equals("down") && !odd)) {
      return new Reply(409, "{\"state\":\"" + (odd ? "odd" : "even") + "\"}", 0);
    }
    boolean sent = path.length == 5;
    if (!lies(sent ? Lie.FORGETS_A_SEND : Lie.FORGETS_A_MOVE)) {
      moves.add(body);
    }
    if (lies(Lie.DENIES_A_MOVE)) {
      return Reply.UNAVAILABLE;
    }
    return sent
        ? new Reply(202, "{\"id\":\"" + body.hashCode() + "\"}", 0)
        : new Reply(200, body, moves.size());
  }

  private Reply read(List<String> moves) {
    int version = lies(Lie.READS_THE_PAST) ? moves.size() / 2 : moves.size();
    String data = version == 0 ? "{}" : moves.get(version - 1);
    String state = version % 2 == 1 ? "odd" : "even";
    return new Reply(
        200,
        "{\"version\":%d,\"state\":\"%s\",\"data\":%s}".formatted(version, state, data),
        version);
  }

  private Reply history(List<String> moves) {
    var shown = new ArrayList<>(moves);
    if (lie == Lie.REORDERS_HISTORY && shown.size() > 2) {
      shown.add(shown.removeFirst());
    }
    var events = new StringBuilder();
    for (int i = 0; i < shown.size(); i++) {
      events
          .append(i == 0 ? "" : ",")
          .append("{\"version\":")
          .append(i + 1)
          .append(",\"to\":\"")
          .append(i % 2 == 0 ? "odd" : "even")
          .append("\",\"input\":")
          .append(shown.get(i))
          .append('}');
    }
    return new Reply(200, "{\"events\":[" + events + "],\"next\":null}", 0);
  }

  /// Tells whether to lie now.
  private boolean lies(Lie which) {
    return lie == which && ++chances % LIE_EVERY == 0;
  }
}
