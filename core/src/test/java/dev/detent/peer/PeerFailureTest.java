// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import static dev.detent.peer.Cluster.ALERT;
import static dev.detent.peer.Cluster.ECHO;
import static dev.detent.peer.Cluster.PATIENT;
import static dev.detent.peer.Cluster.address;
import static dev.detent.peer.Cluster.text;
import static dev.detent.peer.PeerFailure.Kind.BUSY;
import static dev.detent.peer.PeerFailure.Kind.CUT;
import static dev.detent.peer.PeerFailure.Kind.FAILED;
import static dev.detent.peer.PeerFailure.Kind.NOT_SENT;
import static dev.detent.peer.PeerFailure.Kind.REFUSED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.codec.Json;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PeerFailureTest {
  private static final Duration SOON = Duration.ofMillis(100);

  private final Cluster cluster = new Cluster();
  private final LinkedBlockingQueue<Consumer<Json>> held = new LinkedBlockingQueue<>();
  private final PeerHandler holding = (request, deadline, reply) -> held.add(reply);

  @AfterEach
  void closeAll() throws Exception {
    cluster.close();
  }

  @Test
  void isNotSentWhereNobodyListens() throws Exception {
    ServerSocket gone = cluster.socket();
    gone.close();

    Question question = Question.ask(cluster.client(), address(gone.getLocalPort()), Json.NULL);

    assertThat(question.kind()).isEqualTo(NOT_SENT);
    assertThat(question.failure().message())
        .isEqualTo("node 127.0.0.1:" + gone.getLocalPort() + ": Connection refused");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nowhere", ":80", "host:", "host:x", "host:65536", "host:-1"})
  void isNotSentToWhatIsNoAddress(String address) {
    Question question = Question.ask(cluster.client(), address, Json.NULL);

    assertThat(question.kind()).isEqualTo(NOT_SENT);
    assertThat(question.failure().message()).contains("expected host:port, got '" + address + "'");
  }

  @Test
  void isNotSentWhileNobodyProvesTheSecret() throws Exception {
    ServerSocket mute = cluster.socket();
    PeerClient client = cluster.client(Cluster.timed(SOON, Duration.ofMinutes(1), 10));

    Question question = Question.ask(client, address(mute.getLocalPort()), Json.NULL);

    assertThat(question.kind()).isEqualTo(NOT_SENT);
    assertThat(question.failure().message()).contains("within PT0.1S");
  }

  @Test
  void isRefusedByANodeWithAnotherSecret() throws Exception {
    PeerServer server = cluster.server(holding);
    PeerClient client = cluster.client(new byte[] {1}, PeerLimits.STANDARD);

    Question question = Question.ask(client, address(server), Json.NULL);

    assertThat(question.kind()).isEqualTo(REFUSED);
    assertThat(question.failure().message()).contains("expected the same, got another");
    assertThat(held).isEmpty();
  }

  @Test
  void isRefusedByANodeOfAnotherVersion() throws Exception {
    ServerSocket socket = cluster.socket();
    Question question = Question.ask(cluster.client(), address(socket.getLocalPort()), Json.NULL);

    try (Stranger newer = Stranger.accept(socket)) {
      newer.send("DTNP\u0002");
      assertThat(question.kind()).isEqualTo(REFUSED);
    }
    assertThat(question.failure().message()).contains("expected version 1, got 2");
  }

  @Test
  void isRefusedByWhatIsNoNode() throws Exception {
    ServerSocket socket = cluster.socket();
    Question question = Question.ask(cluster.client(), address(socket.getLocalPort()), Json.NULL);

    try (Stranger web = Stranger.accept(socket)) {
      web.send("HTTP/1.1 400 Bad Request\r\n\r\n");
      assertThat(question.kind()).isEqualTo(REFUSED);
    }
    assertThat(question.failure().message()).contains("got another protocol");
  }

  @Test
  void isRefusedIfItIsTooLarge() throws Exception {
    PeerServer server = cluster.server(holding);
    PeerClient client = cluster.client(Cluster.sized(1_000, 10, 1_000));

    Question question = Question.ask(client, address(server), text("\u20ac".repeat(333)));

    assertThat(question.kind()).isEqualTo(REFUSED);
    assertThat(question.failure().message()).contains("expected at most 1000 bytes, got more");
    assertThat(held).isEmpty();
  }

  @Test
  void isCutIfTheServerClosesBeforeItsAnswer() throws Exception {
    PeerServer server = cluster.server(holding);
    PeerClient client = cluster.client();
    var questions = new ArrayList<Question>();
    for (int i = 0; i < 100; i++) {
      questions.add(Question.ask(client, address(server), Json.NULL));
      held.take();
    }

    server.close();

    assertThat(questions).allMatch(question -> question.kind() == CUT);
    assertThat(questions).allMatch(question -> question.outcomes.get() == 1);
  }

  @Test
  void isCutIfTheAnswerBreaksOffInTheMiddle() throws Exception {
    ServerSocket socket = cluster.socket();
    Question question =
        Question.ask(cluster.client(), address(socket.getLocalPort()), text("hello"));

    try (Stranger server = Stranger.welcome(socket)) {
      Frame asked = server.receive();
      assertThat(asked.body()).isEqualTo(text("hello"));
      server.send(FrameKind.REPLY.code(), asked.number(), 1_000, new byte[] {'"', 'h'});
    }

    assertThat(question.kind()).isEqualTo(CUT);
    assertThat(question.failure().message()).endsWith("the other side closed the connection");
  }

  @ParameterizedTest
  @ValueSource(strings = {"REPLY", "ASK", "PING"})
  void isCutByAnAnswerThatIsNone(FrameKind kind) throws Exception {
    ServerSocket socket = cluster.socket();
    Question question = Question.ask(cluster.client(), address(socket.getLocalPort()), Json.NULL);

    try (Stranger server = Stranger.welcome(socket)) {
      long number = server.receive().number();
      server.sendFrame(kind.code(), number, kind == FrameKind.REPLY ? "{\"a\"" : "{}");
      assertThat(question.kind()).isEqualTo(CUT);
      assertThat(server.drain()).isZero();
    }
  }

  @Test
  void failsIfTheHandlerFailed() throws Exception {
    PeerHandler failing =
        (request, deadline, reply) -> {
          if (request.isNull()) {
            throw new IllegalStateException("on purpose");
          }
          reply.accept(request);
        };
    PeerServer server = cluster.server(failing);
    PeerClient client = cluster.client();

    Question question = Question.ask(client, address(server), Json.NULL);

    assertThat(question.kind()).isEqualTo(FAILED);
    assertThat(question.failure().message()).contains("on purpose");
    assertThat(Question.ask(client, address(server), text("next")).reply()).isEqualTo(text("next"));
  }

  @Test
  void failsIfTheAnswerIsTooLarge() throws Exception {
    Json large = text("x".repeat(2_000));
    PeerHandler answering =
        (request, deadline, reply) -> reply.accept(request.isNull() ? large : request);
    PeerServer server = cluster.server(0, answering, Cluster.sized(1_000, 10, 10_000));
    PeerClient client = cluster.client();

    Question question = Question.ask(client, address(server), Json.NULL);

    assertThat(question.kind()).isEqualTo(FAILED);
    assertThat(question.failure().message()).contains("more than 1000 bytes");
    assertThat(Question.ask(client, address(server), text("next")).reply()).isEqualTo(text("next"));
  }

  @Test
  void isCutAtItsDeadlineAndALateAnswerIsDropped() throws Exception {
    PeerServer server = cluster.server(holding);
    PeerClient client = cluster.client();

    Question late = askUntilSent(client, address(server), text("late"));
    Consumer<Json> answer = held.take();
    assertThat(late.kind()).isEqualTo(CUT);
    answer.accept(text("late"));
    Question next = Question.ask(client, address(server), text("next"));
    held.take().accept(text("next"));

    assertThat(next.reply()).isEqualTo(text("next"));
    assertThat(late.outcomes).hasValue(1);
  }

  /// Asks what nobody answers until it is sent before its deadline, and returns once that is over.
  private static Question askUntilSent(PeerClient client, String to, Json request) {
    Question question;
    do {
      question = Question.ask(client, to, request, SOON);
    } while (question.kind() == NOT_SENT);
    return question;
  }

  @Test
  void isNotSentAfterItsDeadline() throws Exception {
    PeerServer server = cluster.server(holding);

    Question question = Question.ask(cluster.client(), address(server), Json.NULL, Duration.ZERO);

    assertThat(question.isDone()).isTrue();
    assertThat(question.kind()).isEqualTo(NOT_SENT);
  }

  @Test
  void isNotSentIfTheDeadlinePassesBeforeTheConnectionIsThere() throws Exception {
    ServerSocket mute = cluster.socket();

    Question question =
        Question.ask(cluster.client(), address(mute.getLocalPort()), Json.NULL, SOON);

    assertThat(question.kind()).isEqualTo(NOT_SENT);
    assertThat(question.failure().message()).contains("no answer within the deadline");
  }

  @Test
  void isCutIfTheNodeFallsSilent() throws Exception {
    ServerSocket socket = cluster.socket();
    PeerClient client = cluster.client(ALERT);
    Question question = Question.ask(client, address(socket.getLocalPort()), Json.NULL);

    try (Stranger stopped = Stranger.welcome(socket)) {
      stopped.receive();
      assertThat(question.kind()).isEqualTo(CUT);
    }
    assertThat(question.failure().message()).contains("it has said nothing for PT1S");
  }

  @Test
  void isCutIfTheNodeStopsReading() throws Exception {
    ServerSocket socket = cluster.socket();
    PeerClient client = cluster.client(ALERT);
    var questions = new ArrayList<Question>();
    Json large = text("x".repeat(8_000_000));
    for (int i = 0; i < 8; i++) {
      questions.add(Question.ask(client, address(socket.getLocalPort()), large));
    }

    try (Stranger stopped = Stranger.welcome(socket)) {
      assertThat(questions.getFirst().kind()).isEqualTo(CUT);
      assertThat(questions).allMatch(question -> question.kind() != REFUSED);
      assertThat(stopped.socket().isClosed()).isFalse();
    }
  }

  @Test
  void waitsForASlowAnswerOfALivingNode() throws Exception {
    ServerSocket socket = cluster.socket();
    PeerClient client = cluster.client(PATIENT);
    Question question = Question.ask(client, address(socket.getLocalPort()), Json.NULL);

    try (Stranger slow = Stranger.welcome(socket)) {
      long number = slow.receive().number();
      // More heartbeats than fit into the silence that would be too long.
      for (int i = 0; i < 35; i++) {
        assertThat(slow.receive().kind()).isEqualTo(FrameKind.PING);
        slow.sendFrame(FrameKind.PONG.code(), 0, "");
      }
      slow.sendFrame(FrameKind.REPLY.code(), number, "7");
      assertThat(question.reply()).isEqualTo(Json.parse("7"));
    }
  }

  @Test
  void isBusyBeyondTheBoundOfTheClient() throws Exception {
    PeerServer server = cluster.server(holding);
    PeerClient client = cluster.client(Cluster.sized(1_000, 2, 100_000));
    Question first = Question.ask(client, address(server), text("1"));
    Question second = Question.ask(client, address(server), text("2"));

    Question third = Question.ask(client, address(server), text("3"));
    assertThat(third.isDone()).isTrue();
    assertThat(third.kind()).isEqualTo(BUSY);

    held.take().accept(Json.NULL);
    first.reply();
    Question fourth = Question.ask(client, address(server), text("4"));
    held.take().accept(Json.NULL);
    held.take().accept(Json.NULL);
    assertThat(second.reply()).isEqualTo(fourth.reply());
  }

  @Test
  void isBusyBeyondTheBytesThatMayWait() throws Exception {
    PeerServer server = cluster.server(holding);
    PeerClient client = cluster.client(Cluster.sized(10_000, 100, 15_000));
    Question first = Question.ask(client, address(server), text("x".repeat(9_000)));

    Question second = Question.ask(client, address(server), text("x".repeat(9_000)));

    assertThat(second.kind()).isEqualTo(BUSY);
    held.take().accept(Json.NULL);
    assertThat(first.reply()).isEqualTo(Json.NULL);
  }

  @Test
  void isBusyBeyondTheBoundOfTheServer() throws Exception {
    PeerServer server = cluster.server(0, holding, Cluster.sized(1_000, 1, 100_000));
    PeerClient client = cluster.client();
    Question first = Question.ask(client, address(server), text("1"));

    Question second = Question.ask(client, address(server), text("2"));

    assertThat(second.kind()).isEqualTo(BUSY);
    assertThat(second.failure().message()).contains("too many unanswered requests");
    held.take().accept(Json.NULL);
    assertThat(first.reply()).isEqualTo(Json.NULL);
    assertThat(held).isEmpty();
  }

  @Test
  void leavesRoomAtTheServerAfterTheDeadlineOfAnUnansweredRequest() throws Exception {
    var heard = new LinkedBlockingQueue<Object>();
    PeerServer server =
        cluster.server(
            0, (request, deadline, reply) -> heard.add(request), Cluster.sized(1_000, 1, 100_000));
    PeerClient client = cluster.client();
    String to = address(server);
    assertThat(askUntilSent(client, to, text("1")).kind()).isEqualTo(CUT);
    assertThat(heard.take()).isEqualTo(text("1"));

    Object next = "nothing yet";
    while (!next.equals(text("2"))) {
      client.ask(to, text("2"), Duration.ofSeconds(30), heard::add, heard::add);
      next = heard.take();
    }

    assertThat(heard).isEmpty();
  }

  @Test
  void endsEverythingWhenTheClientCloses() throws Exception {
    PeerServer server = cluster.server(holding);
    PeerClient client = cluster.client();
    Question sent = Question.ask(client, address(server), text("1"));
    held.take();
    Question waiting = Question.ask(client, address(cluster.socket().getLocalPort()), text("2"));

    client.close();

    assertThat(sent.isDone()).isTrue();
    assertThat(sent.kind()).isEqualTo(CUT);
    assertThat(waiting.kind()).isEqualTo(NOT_SENT);
    assertThat(Question.ask(client, address(server), text("3")).kind()).isEqualTo(NOT_SENT);
  }

  @Test
  void findsAServerThatCameBackOnTheSamePort() throws Exception {
    PeerServer server = cluster.server(ECHO);
    PeerClient client = cluster.client();
    int port = server.address().getPort();
    Question.ask(client, address(port), Json.NULL).reply();

    for (int i = 0; i < 3; i++) {
      server.close();
      Question.ask(client, address(port), text("while it is gone")).failure();
      server = cluster.server(port, ECHO, PeerLimits.STANDARD);
      Question question = Question.ask(client, address(port), text("back"));
      while (question.outcome() instanceof PeerFailure failure) {
        assertThat(failure.kind()).isEqualTo(NOT_SENT);
        question = Question.ask(client, address(port), text("back"));
      }
    }
  }

  @Test
  void closesAConnectionThatNobodyNeeds() throws Exception {
    ServerSocket socket = cluster.socket();
    PeerClient client = cluster.client(Cluster.timed(Duration.ofSeconds(30), SOON, 10));

    for (int i = 0; i < 2; i++) {
      Question question = Question.ask(client, address(socket.getLocalPort()), Json.NULL);
      try (Stranger server = Stranger.welcome(socket)) {
        server.sendFrame(FrameKind.REPLY.code(), server.receive().number(), "7");
        assertThat(question.reply()).isEqualTo(Json.parse("7"));
        assertThat(server.drain()).isZero();
      }
    }
  }

  @Test
  void tellsNobodyMoreThanOnceWhenItsAnswerAndItsEndCoincide() throws Exception {
    var ends = new CompletableFuture<Void>();
    PeerServer server =
        cluster.server((request, deadline, reply) -> ends.thenRun(() -> reply.accept(request)));
    PeerClient client = cluster.client();
    var questions = new ArrayList<Question>();
    for (int i = 0; i < 5_000; i++) {
      questions.add(Question.ask(client, address(server), text("" + i)));
    }

    Thread answering = Thread.ofPlatform().start(() -> ends.complete(null));
    questions.get(10).outcome();
    client.close();
    answering.join();

    assertThat(questions).allMatch(question -> question.outcome() != null);
    assertThat(questions).allMatch(question -> question.outcomes.get() == 1);
  }
}
