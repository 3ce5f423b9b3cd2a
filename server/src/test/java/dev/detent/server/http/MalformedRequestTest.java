// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sends what no client should send, byte by byte, and looks at what comes back.
class MalformedRequestTest {
  private static final String HOST = "Host: localhost\r\n";

  private record Case(String name, String request, int status, String code) {}

  private static final List<Case> CASES =
      List.of(
          bad("no version", "GET /turnstile/a\r\n\r\n"),
          bad("an unknown version", "GET /turnstile/a HTTP/1.7\r\n" + HOST + "\r\n"),
          bad("no HTTP at all", "\u0016\u0003\u0001 hello there you\r\n\r\n"),
          bad("a header without a colon", "GET /turnstile/a HTTP/1.1\r\nnonsense\r\n\r\n"),
          bad("a header name with a blank", "GET /turnstile/a HTTP/1.1\r\nHo st: x\r\n\r\n"),
          bad("a path without a slash", "GET turnstile HTTP/1.1\r\n" + HOST + "\r\n"),
          bad("a tab in the path", "GET /turnstile/a\tb HTTP/1.1\r\n" + HOST + "\r\n"),
          bad("a length that is no number", post("Content-Length: ten\r\n\r\n")),
          bad("a negative length", post("Content-Length: -1\r\n\r\n")),
          bad("two lengths", post("Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x")),
          bad(
              "length and encoding",
              post("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")),
          bad(
              "another transfer encoding",
              post("Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")),
          bad("a body that is not UTF-8", post("Content-Length: 4\r\n\r\n\"\u00ff\u00fe\"")),
          bad("a half surrogate", post("Content-Length: 5\r\n\r\n\"\u00ed\u00a0\u0080\"")),
          bad("a key of half a character", "GET /turnstile/\u00c3 HTTP/1.1\r\n" + HOST + "\r\n"),
          bad("an idempotency key that is not UTF-8", post("Idempotency-Key: \u00ff\r\n\r\n")),
          new Case(
              "a long path",
              "GET /turnstile/" + "a".repeat(9_000) + " HTTP/1.1\r\n" + HOST + "\r\n",
              414,
              "URI_TOO_LONG"),
          new Case(
              "a long query",
              "GET /turnstile/a?" + "a".repeat(8_200) + " HTTP/1.1\r\n" + HOST + "\r\n",
              414,
              "URI_TOO_LONG"),
          new Case(
              "long headers",
              "GET /turnstile/a HTTP/1.1\r\n" + HOST + "X: " + "x".repeat(17_000) + "\r\n\r\n",
              431,
              "HEADERS_TOO_LARGE"),
          new Case(
              "many headers",
              "GET /turnstile/a HTTP/1.1\r\n" + "X-Header: value\r\n".repeat(2_000) + "\r\n",
              431,
              "HEADERS_TOO_LARGE"),
          new Case(
              "a large body", post("Content-Length: 1048577\r\n\r\n"), 413, "PAYLOAD_TOO_LARGE"),
          new Case(
              "a large definition",
              "PUT /api/machines/x HTTP/1.1\r\n" + HOST + "Content-Length: 4194305\r\n\r\n",
              413,
              "PAYLOAD_TOO_LARGE"),
          new Case(
              "a body without end",
              post("Transfer-Encoding: chunked\r\n\r\n100001\r\n" + "1".repeat(1_048_577)),
              413,
              "PAYLOAD_TOO_LARGE"));

  private static Case bad(String name, String request) {
    return new Case(name, request, 400, "BAD_REQUEST");
  }

  private static String post(String rest) {
    return "POST /turnstile/a/coin HTTP/1.1\r\n" + HOST + rest;
  }

  @Test
  void refusesEachWithItsStatusAndGoesOn(@TempDir Path folder) throws IOException {
    var wrong = new ArrayList<String>();
    try (var door = RunningDoor.open(folder)) {
      for (Case one : CASES) {
        String difference = difference(one, door.port());
        if (!difference.isEmpty()) {
          wrong.add(one.name() + ": " + difference);
        }
      }
      try (var client = new Wiretap(door.port())) {
        Wiretap.Response got = client.send(post("Content-Length: 2\r\n\r\n{}")).response();
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.header("Detent-Version")).as("nothing before had an effect").isEqualTo("1");
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static String difference(Case one, int port) {
    try (var client = new Wiretap(port)) {
      Wiretap.Response got = client.send(one.request()).response();
      boolean fits =
          got.status() == one.status()
              && got.header("Content-Type").equals("application/problem+json")
              && got.body().contains("\"code\":\"" + one.code() + "\"");
      return fits ? "" : got.toString();
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void readsALargeBodyNoFurtherThanItsRefusalTakes(@TempDir Path folder) throws IOException {
    try (var door = RunningDoor.open(folder);
        var client = new Wiretap(door.port())) {
      client.send(post("Content-Length: 2000000000\r\nExpect: 100-continue\r\n\r\n"));
      assertThat(client.response().status()).isEqualTo(413);
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void takesABodyOfExactlyTheLimit(@TempDir Path folder) throws IOException {
    String body = "{\"a\":\"" + "x".repeat((1 << 20) - 8) + "\"}";
    try (var door = RunningDoor.open(folder);
        var client = new Wiretap(door.port())) {
      client.send(post("Content-Length: " + body.length() + "\r\n\r\n" + body));
      Wiretap.Response got = client.response();
      assertThat(got.status()).isEqualTo(200);
      assertThat(got.body()).isEqualTo(body);
    }
  }

  @Test
  void refusesALargeBodyThatIsSentWholeSoThatTheClientHearsIt(@TempDir Path folder)
      throws IOException {
    String body = "x".repeat(3 << 20);
    try (var door = RunningDoor.open(folder);
        var client = new Wiretap(door.port())) {
      client.send(post("Content-Length: " + body.length() + "\r\n\r\n" + body));
      assertThat(client.response().status()).isEqualTo(413);
    }
  }

  @Test
  void asksForTheBodyThatAClientHoldsBack(@TempDir Path folder) throws IOException {
    try (var door = RunningDoor.open(folder);
        var client = new Wiretap(door.port())) {
      client.send(post("Content-Length: 7\r\nExpect: 100-continue\r\n\r\n"));
      assertThat(client.response().status()).isEqualTo(100);
      Wiretap.Response got = client.send("{\"n\":1}").response();
      assertThat(got.body()).isEqualTo("{\"n\":1}");
    }
  }

  @Test
  void takesAChunkedBody(@TempDir Path folder) throws IOException {
    try (var door = RunningDoor.open(folder);
        var client = new Wiretap(door.port())) {
      client.send(post("Transfer-Encoding: chunked\r\n\r\n3\r\n{\"n\r\n4\r\n\":1}\r\n0\r\n\r\n"));
      assertThat(client.response().body()).isEqualTo("{\"n\":1}");
      client.send(post("Content-Length: 0\r\n\r\n"));
      assertThat(client.response().header("Detent-Version")).isEqualTo("2");
    }
  }

  @Test
  void answersPipelinedRequestsInOrder(@TempDir Path folder) throws IOException {
    try (var door = RunningDoor.open(folder);
        var client = new Wiretap(door.port())) {
      String one = post("Content-Length: 2\r\n\r\n{}");
      String get = "GET /turnstile/a HTTP/1.1\r\n" + HOST + "\r\n";
      client.send(one + get + one + get);
      assertThat(client.response().header("Detent-Version")).isEqualTo("1");
      assertThat(client.response().header("ETag")).isEqualTo("\"1\"");
      assertThat(client.response().header("Detent-Version")).isEqualTo("2");
      assertThat(client.response().header("ETag")).isEqualTo("\"2\"");
    }
  }

  @Test
  void servesHttp10AndClosesUnlessAskedToKeepAlive(@TempDir Path folder) throws IOException {
    try (var door = RunningDoor.open(folder);
        var client = new Wiretap(door.port())) {
      client.send("GET /turnstile/a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      assertThat(client.response().status()).isEqualTo(200);
      client.send("GET /turnstile/a HTTP/1.0\r\n\r\n");
      assertThat(client.response().status()).isEqualTo(200);
      assertThat(client.isClosed()).isTrue();
    }
  }
}
