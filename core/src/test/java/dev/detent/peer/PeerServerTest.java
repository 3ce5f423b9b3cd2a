// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import static dev.detent.peer.Cluster.ECHO;
import static dev.detent.peer.Cluster.address;
import static dev.detent.peer.Cluster.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.detent.codec.Json;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Shows that a server survives whoever connects, and that the others do not notice.
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PeerServerTest {
  private final Cluster cluster = new Cluster();
  private final LinkedBlockingQueue<Json> handled = new LinkedBlockingQueue<>();
  private final PeerHandler recording =
      (request, deadline, reply) -> {
        handled.add(request);
        reply.accept(request);
      };

  @AfterEach
  void closeAll() throws Exception {
    cluster.close();
  }

  @Test
  void endsAConnectionWithAFrameThatIsTooLong() throws Exception {
    endsAfter(stranger -> stranger.send(1, 1, (8 << 20) + 1, new byte[0]));
  }

  @Test
  void endsAConnectionWithAFrameOfNegativeLength() throws Exception {
    endsAfter(stranger -> stranger.send(1, 1, -1, new byte[0]));
  }

  @Test
  void endsAConnectionWithAFrameOfAnUnknownKind() throws Exception {
    endsAfter(stranger -> stranger.sendFrame(7, 1, "{}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "{} {}", "{\"a\":1,\"a\":2}", "nil"})
  void endsAConnectionWithAFrameThatIsNotJson(String body) throws Exception {
    endsAfter(stranger -> stranger.sendFrame(FrameKind.ASK.code(), 1, body));
  }

  @Test
  void endsAConnectionWithBytesThatAreNotUnicode() throws Exception {
    endsAfter(stranger -> {
      stranger.send(FrameKind.ASK.code(), 1, 3, new byte[] {'"', (byte) 0xff, '"'});
    });
  }

  @Test
  void endsAConnectionThatAnswersInsteadOfAsking() throws Exception {
    endsAfter(stranger -> stranger.sendFrame(FrameKind.REPLY.code(), 1, "{}"));
  }

  @Test
  void endsAConnectionThatStopsInTheMiddleOfAFrame() throws Exception {
    endsAfter(stranger -> {
      stranger.send(FrameKind.ASK.code(), 1, 100, new byte[] {'"', 'h'});
      stranger.socket().shutdownOutput();
    });
  }

  private interface Mischief {
    void on(Stranger stranger) throws IOException;
  }

  private void endsAfter(Mischief mischief) throws Exception {
    PeerServer server = cluster.server(recording);
    PeerClient other = cluster.client();
    Question.ask(other, address(server), text("before")).reply();

    try (Stranger stranger = Stranger.join(server)) {
      mischief.on(stranger);
      assertThat(stranger.drain()).isZero();
    }

    assertThat(Question.ask(other, address(server), text("after")).reply())
        .isEqualTo(text("after"));
    assertThat(handled).containsExactly(text("before"), text("after"));
  }

  @Test
  void handsNothingOnBeforeTheSecretIsProven() throws Exception {
    PeerServer server = cluster.server(recording);

    try (Stranger stranger = Stranger.connect(server)) {
      stranger.send("DTNP\u0001");
      stranger.send(new byte[32]);
      // A false proof, and a request right behind it.
      stranger.send(new byte[32]);
      stranger.sendFrame(FrameKind.ASK.code(), 1, "\"let me in\"");
      stranger.drain();
    }

    assertThat(Question.ask(cluster.client(), address(server), text("a friend")).reply())
        .isEqualTo(text("a friend"));
    assertThat(handled).containsExactly(text("a friend"));
  }

  @Test
  void tellsAnotherVersionItsOwn() throws Exception {
    PeerServer server = cluster.server(recording);

    try (Stranger newer = Stranger.connect(server)) {
      newer.send("DTNP\u0002");
      byte[] answer = new byte[5];
      new DataInputStream(newer.socket().getInputStream()).readFully(answer);
      assertThat(answer).containsExactly('D', 'T', 'N', 'P', 1);
      assertThat(newer.drain()).isZero();
    }
  }

  @Test
  void endsAConnectionThatNeverProvesTheSecret() throws Exception {
    Duration soon = Duration.ofMillis(100);
    PeerServer server = cluster.server(0, ECHO, Cluster.timed(soon, Duration.ofMinutes(1), 10));

    try (Stranger mute = Stranger.connect(server)) {
      assertThat(mute.drain()).isZero();
    }
  }

  @Test
  void endsAConnectionThatSaysNothingForLong() throws Exception {
    Duration soon = Duration.ofMillis(100);
    PeerServer server = cluster.server(0, ECHO, Cluster.timed(Duration.ofSeconds(30), soon, 10));

    try (Stranger dead = Stranger.join(server)) {
      assertThat(dead.drain()).isZero();
    }
  }

  @Test
  void endsAConnectionThatDoesNotReadItsAnswers() throws Exception {
    PeerServer server = cluster.server(0, ECHO, Cluster.ALERT);

    try (Stranger greedy = Stranger.join(server)) {
      String large = text("x".repeat(1 << 20)).text();
      // Goes on asking until the server has closed: nothing else ends this.
      assertThatThrownBy(
              () -> {
                for (long number = 1; ; number++) {
                  greedy.sendFrame(FrameKind.ASK.code(), number, large);
                }
              })
          .isInstanceOf(IOException.class);
    }

    assertThat(Question.ask(cluster.client(), address(server), text("after")).reply())
        .isEqualTo(text("after"));
  }

  @Test
  void keepsNoMoreAnswersThanItMay() throws Exception {
    PeerLimits tight = Cluster.sized(1 << 20, 100, 1 << 20);
    Json large = text("x".repeat(1_000_000));
    var asked = new CountDownLatch(100);
    PeerServer server =
        cluster.server(
            0,
            (request, deadline, reply) -> {
              asked.countDown();
              reply.accept(large);
            },
            tight);

    try (Stranger greedy = Stranger.join(server)) {
      for (int number = 1; number <= 100; number++) {
        greedy.sendFrame(FrameKind.ASK.code(), number, "");
      }
      // Refused once a mebibyte waits, so what comes is far less than was asked for.
      long refused = 0;
      long answered = 0;
      while (refused + answered < 100) {
        Frame frame = greedy.receive();
        refused += frame.kind() == FrameKind.NOT_TAKEN ? 1 : 0;
        answered += frame.kind() == FrameKind.REPLY ? 1 : 0;
      }
      assertThat(answered).isPositive();
      assertThat(asked.getCount()).isEqualTo(refused);
    }
  }

  @Test
  void refusesAProofThatWasOverheard() throws Exception {
    PeerServer server = cluster.server(ECHO);
    ServerSocket liar = cluster.socket();
    byte[] overheard = new byte[69];
    try (Stranger listening = Stranger.connect(server)) {
      listening.send("DTNP\u0001");
      listening.send(new byte[32]);
      new DataInputStream(listening.socket().getInputStream()).readFully(overheard);
    }

    Question question =
        Question.ask(cluster.client(), address(liar.getLocalPort()), text("secret plans"));
    try (Stranger posing = Stranger.accept(liar)) {
      posing.send(overheard);
      assertThat(question.kind()).isEqualTo(PeerFailure.Kind.REFUSED);
      // The greeting and nothing else.
      assertThat(posing.drain()).isEqualTo(37);
    }
  }

  @Test
  void refusesItsOwnProofSentBack() throws Exception {
    ServerSocket liar = cluster.socket();
    Question question = Question.ask(cluster.client(), address(liar.getLocalPort()), Json.NULL);

    try (Stranger mirror = Stranger.accept(liar)) {
      byte[] greeting = new byte[37];
      var in = new DataInputStream(mirror.socket().getInputStream());
      in.readFully(greeting);
      mirror.send(greeting);
      mirror.send(new byte[32]);
      assertThat(question.kind()).isEqualTo(PeerFailure.Kind.REFUSED);
      assertThat(in.read()).isEqualTo(-1);
    }
  }
}
