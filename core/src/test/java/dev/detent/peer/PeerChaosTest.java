// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import static dev.detent.peer.Cluster.address;
import static dev.detent.peer.Cluster.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.codec.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Shows under fire that what is said of a request is true: servers come and go on one port while
/// many ask.
final class PeerChaosTest {
  private static final int THREADS = 2;
  private static final int WINDOW = 50;
  private static final int SERVERS = 8;
  private static final int HANDLED_EACH = 1_000;

  private final Set<Json> handled = ConcurrentHashMap.newKeySet();
  private final Semaphore progress = new Semaphore(0);
  private volatile boolean over;

  private record Asked(Json request, Question question) {}

  private final List<Thread> threads = new ArrayList<>();

  @Test
  @Timeout(240)
  void saysTheTruthOfEveryRequest() throws Exception {
    try (var cluster = new Cluster()) {
      PeerClient client = cluster.client();
      PeerServer server = cluster.server(this::handle);
      int port = server.address().getPort();
      List<List<Asked>> asked = start(client, address(port));
      for (int i = 0; i < SERVERS; i++) {
        progress.acquire(HANDLED_EACH);
        server.close();
        server = cluster.server(port, this::handle, PeerLimits.STANDARD);
      }
      over = true;
      for (Thread thread : threads) {
        thread.join();
      }
      asked.forEach(ofThread -> ofThread.forEach(one -> one.question().outcome()));
      client.close();

      asked.forEach(ofThread -> ofThread.forEach(this::check));
    }
  }

  private void handle(Json request, Duration deadline, Consumer<Json> reply) {
    handled.add(request);
    progress.release();
    reply.accept(request);
  }

  private List<List<Asked>> start(PeerClient client, String to) {
    var all = new ArrayList<List<Asked>>();
    for (int t = 0; t < THREADS; t++) {
      int thread = t;
      List<Asked> asked = new ArrayList<>();
      all.add(asked);
      threads.add(Thread.ofPlatform().start(() -> ask(client, to, thread, asked)));
    }
    return all;
  }

  private void ask(PeerClient client, String to, int thread, List<Asked> asked) {
    var window = new Semaphore(WINDOW);
    while (!over) {
      window.acquireUninterruptibly();
      Json request = text(thread + "/" + asked.size());
      asked.add(new Asked(request, Question.ask(client, to, request, window::release)));
    }
  }

  private void check(Asked asked) {
    assertThat(asked.question().outcomes).hasValue(1);
    if (asked.question().outcome() instanceof PeerFailure failure) {
      assertThat(failure.kind()).isNotEqualTo(PeerFailure.Kind.REFUSED);
      boolean denied = failure.kind() == PeerFailure.Kind.NOT_SENT;
      assertThat(denied && handled.contains(asked.request())).isFalse();
    } else {
      assertThat(asked.question().reply()).isEqualTo(asked.request());
      assertThat(handled).contains(asked.request());
    }
  }
}
