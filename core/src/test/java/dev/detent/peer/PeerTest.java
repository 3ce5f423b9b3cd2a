// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import static dev.detent.peer.Cluster.ECHO;
import static dev.detent.peer.Cluster.address;
import static dev.detent.peer.Cluster.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.detent.codec.Json;
import java.net.BindException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PeerTest {
  private final Cluster cluster = new Cluster();

  @AfterEach
  void closeAll() throws Exception {
    cluster.close();
  }

  @Test
  void answersARequest() throws Exception {
    PeerServer server =
        cluster.server((request, deadline, reply) -> reply.accept(Json.array(List.of(request))));

    Question question = Question.ask(cluster.client(), address(server), text("hello"));

    assertThat(question.reply()).isEqualTo(Json.parse("[\"hello\"]"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "{}",
        "1.000000000000000000000000000010",
        "\"\\ud800 \\u0000 \ufffd \u00e4 \ud83d\ude00\"",
        "{\"a\":[1,{\"b\":null}],\"\":-0.0}"
      })
  void carriesValuesWithoutLoss(String json) throws Exception {
    PeerServer server = cluster.server(ECHO);

    Question question = Question.ask(cluster.client(), address(server), Json.parse(json));

    assertThat(question.reply().text()).isEqualTo(json);
  }

  @Test
  void carriesLargeValues() throws Exception {
    PeerServer server = cluster.server(ECHO);
    PeerClient client = cluster.client();
    Json large = text("\u00e4".repeat(PeerLimits.STANDARD.sizes().frameBytesMax() / 2 - 1));

    var questions = new ArrayList<Question>();
    for (int i = 0; i < 4; i++) {
      questions.add(Question.ask(client, address(server), large));
    }

    assertThat(questions).allMatch(question -> question.reply().equals(large));
  }

  @Test
  void answersThousandsAtOnceEachWithItsOwn() throws Exception {
    var waiting = new LinkedBlockingQueue<Runnable>();
    PeerServer server =
        cluster.server((request, deadline, reply) -> waiting.add(() -> reply.accept(request)));
    PeerClient client = cluster.client();

    List<List<Question>> asked = askFrom4Threads(client, address(server), 2_500);
    answerInRandomOrder(waiting, 10_000);

    for (int thread = 0; thread < 4; thread++) {
      for (int i = 0; i < 2_500; i++) {
        Question question = asked.get(thread).get(i);
        assertThat(question.reply()).isEqualTo(text(thread + "/" + i));
        assertThat(question.outcomes).hasValue(1);
      }
    }
  }

  private static List<List<Question>> askFrom4Threads(PeerClient client, String to, int each)
      throws InterruptedException {
    var asked = new ArrayList<List<Question>>();
    var threads = new ArrayList<Thread>();
    for (int t = 0; t < 4; t++) {
      int thread = t;
      var questions = new ArrayList<Question>();
      asked.add(questions);
      Runnable asking =
          () -> {
            for (int i = 0; i < each; i++) {
              questions.add(Question.ask(client, to, text(thread + "/" + i)));
            }
          };
      threads.add(Thread.ofPlatform().start(asking));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return asked;
  }

  private static void answerInRandomOrder(BlockingQueue<Runnable> waiting, int count)
      throws InterruptedException {
    var answers = new ArrayList<Runnable>();
    while (answers.size() < count) {
      answers.add(waiting.take());
    }
    Collections.shuffle(answers, new java.util.Random(7));
    answers.forEach(Runnable::run);
  }

  @Test
  void passesTheRestOfTheDeadlineOn() throws Exception {
    var passed = new CompletableFuture<Duration>();
    PeerServer server =
        cluster.server((request, deadline, reply) -> {
          passed.complete(deadline);
          reply.accept(request);
        });

    Duration given = Duration.ofSeconds(20);
    Question.ask(cluster.client(), address(server), Json.NULL, given).reply();

    assertThat(passed.join()).isPositive().isLessThanOrEqualTo(given);
  }

  @Test
  void takesADeadlineBeyondAllTime() throws Exception {
    PeerServer server = cluster.server(ECHO);
    Duration ages = Duration.ofSeconds(Long.MAX_VALUE);

    assertThat(Question.ask(cluster.client(), address(server), Json.NULL, ages).reply())
        .isEqualTo(Json.NULL);
  }

  @Test
  void usesOneConnectionForAllRequestsToANode() throws Exception {
    var one = Cluster.timed(Duration.ofSeconds(30), Duration.ofMinutes(1), 1);
    PeerServer server = cluster.server(0, ECHO, one);
    PeerClient client = cluster.client();

    for (int i = 0; i < 100; i++) {
      assertThat(Question.ask(client, address(server), text("" + i)).reply())
          .isEqualTo(text("" + i));
    }
    Question other = Question.ask(cluster.client(), address(server), Json.NULL);
    assertThat(other.kind()).isEqualTo(PeerFailure.Kind.NOT_SENT);
  }

  @Test
  void talksToSeveralNodes() throws Exception {
    PeerClient client = cluster.client();
    var servers = new ArrayList<PeerServer>();
    for (int i = 0; i < 3; i++) {
      Json name = text("node " + i);
      servers.add(cluster.server((request, deadline, reply) -> reply.accept(name)));
    }

    for (int i = 0; i < 3; i++) {
      assertThat(Question.ask(client, address(servers.get(i)), Json.NULL).reply())
          .isEqualTo(text("node " + i));
    }
  }

  @Test
  void takesOnlyTheFirstAnswerToARequest() throws Exception {
    PeerServer server =
        cluster.server((request, deadline, reply) -> {
          reply.accept(request);
          reply.accept(text("again"));
        });
    PeerClient client = cluster.client();

    Question first = Question.ask(client, address(server), text("1"));
    Question second = Question.ask(client, address(server), text("2"));

    assertThat(second.reply()).isEqualTo(text("2"));
    assertThat(first.reply()).isEqualTo(text("1"));
    assertThat(first.outcomes).hasValue(1);
  }

  @Test
  void worksOnAfterWhoeverAskedFailed() throws Exception {
    PeerServer server = cluster.server(ECHO);
    PeerClient client = cluster.client();
    Consumer<Object> failing =
        outcome -> {
          throw new IllegalStateException("on purpose");
        };
    client.ask(address(server), Json.NULL, Duration.ofSeconds(9), failing::accept, failing::accept);

    assertThat(Question.ask(client, address(server), text("next")).reply()).isEqualTo(text("next"));
  }

  @Test
  void answersWhatWasAnsweredBeforeItCloses() throws Exception {
    var held = new CompletableFuture<Consumer<Json>>();
    PeerServer server = cluster.server((request, deadline, reply) -> held.complete(reply));
    Json large = text("x".repeat(1 << 20));
    Question question = Question.ask(cluster.client(), address(server), Json.NULL);

    held.get().accept(large);
    server.close();

    assertThat(question.reply()).isEqualTo(large);
  }

  @Test
  void refusesAPortInUse() throws Exception {
    PeerServer server = cluster.server(ECHO);

    assertThatThrownBy(() -> cluster.server(server.address().getPort(), ECHO, Cluster.ALERT))
        .isInstanceOf(BindException.class);
  }

  @Test
  void refusesAnEmptySecret() {
    assertThatThrownBy(() -> PeerClient.open(new byte[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("secret of the cluster: expected 1 byte or more");
  }

  @Test
  void namesAllLimitsThatAreWrong() {
    var zero = Duration.ZERO;
    assertThatThrownBy(() -> new PeerLimits.Times(zero, zero, zero, zero))
        .hasMessageContaining("connect: expected more than nothing, got PT0S")
        .hasMessageContaining("silence: expected more than heartbeat PT0S, got PT0S");
    assertThatThrownBy(() -> new PeerLimits.Sizes(0, 0, -1, 0))
        .hasMessageContaining("connectionsMax: expected 1 or more, got 0")
        .hasMessageContaining("waitingBytesMax: expected frameBytesMax 0 or more, got -1");
  }
}
