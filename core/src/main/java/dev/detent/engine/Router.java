// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Problem;
import dev.detent.engine.Submission.Asker.Origin;
import dev.detent.peer.PeerClient;
import dev.detent.peer.PeerLimits;
import dev.detent.peer.PeerServer;
import dev.detent.store.PartitionRow;
import dev.detent.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Brings each request to the lane that owns its partition, here or on another node.
///
/// **Guarantees**: those of [Passage] and of [Forwarding].
///
/// **Threads**: safe for any number of threads; nothing blocks but opening and closing.
final class Router implements Way, Visitor.Reception {
  private static final System.Logger LOG = System.getLogger(Router.class.getName());
  private static final long AGAIN_MS = 25;
  private static final long PATIENCE_NANOS = Duration.ofSeconds(3).toNanos();

  private final Store store;
  private final Admission admission;
  private final Observer observer;
  private final List<Passage> passages;
  private final ScheduledExecutorService later =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("detent-router").daemon().factory());
  private volatile @Nullable Lanes lanes;
  private volatile @Nullable PeerServer server;
  private volatile @Nullable PeerClient client;
  private volatile @Nullable Forwarding forwarding;
  private volatile Set<String> others = Set.of();
  private volatile Consumer<String> silent = _ -> {};
  private volatile Runnable woken = () -> {};

  Router(Store store, Admission admission, Observer observer) {
    this.store = store;
    this.admission = admission;
    this.observer = observer;
    this.passages =
        IntStream.range(0, store.partitions())
            .mapToObj(at -> new Passage(at, PATIENCE_NANOS, this))
            .toList();
  }

  /// Says where the lanes of this node are, and listens to other nodes if there may be any.
  ///
  /// @param listen where
  /// @param lease how long a silent node keeps its partitions; half of that is too long for an
  ///   answer
  void connect(Lanes own, InetSocketAddress listen, Duration lease) {
    lanes = own;
    if (store.exclusive()) {
      return;
    }
    byte[] secret = store.secret().getBytes(StandardCharsets.UTF_8);
    PeerLimits limits = limits(lease);
    PeerClient peers = PeerClient.open(secret, limits);
    client = peers;
    forwarding = new Forwarding(peers, address -> silent.accept(address), own.telling()::answered);
    try {
      server = PeerServer.open(listen, secret, new Visitor(this), limits);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "can't listen to other nodes on " + listen + ": " + e.getMessage(), e);
    }
  }

  private static PeerLimits limits(Duration lease) {
    PeerLimits.Times times = PeerLimits.STANDARD.times();
    Duration silence = lease.dividedBy(2);
    return silence.compareTo(times.silence()) >= 0
        ? PeerLimits.STANDARD
        : PeerLimits.STANDARD.withTimes(
            new PeerLimits.Times(silence, silence.dividedBy(4), silence, times.idle()));
  }

  private Lanes lanes() {
    return Objects.requireNonNull(lanes, "lanes are connected before they are asked");
  }

  private Forwarding forwarding() {
    return Objects.requireNonNull(forwarding, "a shared store has peers");
  }

  /// Returns the store whose partitions it knows.
  Store store() {
    return store;
  }

  /// Returns where other nodes reach this one, `host:port`; empty if they don't.
  String address() {
    PeerServer listening = server;
    if (listening == null) {
      return "";
    }
    InetSocketAddress address = listening.address();
    return address.getHostString() + ":" + address.getPort();
  }

  /// Says who wants to hear of addresses that do not answer.
  void whenSilent(Consumer<String> hears) {
    silent = hears;
  }

  /// Says what to do when another node says that partitions are free.
  void whenWoken(Runnable wakes) {
    woken = wakes;
  }

  /// Hears who owns what.
  ///
  /// @param self this node's id
  /// @param addresses the addresses of the nodes that are alive, by their ids
  void learn(String self, List<PartitionRow> rows, Map<String, String> addresses) {
    for (PartitionRow row : rows) {
      String owner = row.owner();
      boolean away = owner != null && !owner.equals(self);
      passages.get(row.partition()).learn(away ? addresses.get(owner) : null);
    }
    var known = new HashSet<>(addresses.values());
    known.remove(address());
    others = known;
  }

  /// Hears that partitions were taken over, after the lanes were told.
  void taken(Collection<PartitionRow> rows) {
    rows.forEach(row -> passages.get(row.partition()).taken());
  }

  /// Hears that partitions are owned here, as may be known.
  void own(Collection<PartitionRow> rows) {
    rows.forEach(row -> passages.get(row.partition()).own());
  }

  /// Hears that partitions are about to be given up.
  void disown(Collection<Integer> partitions) {
    partitions.forEach(partition -> passages.get(partition).disown());
  }

  /// Submits a handler's request.
  void submit(Request request, Consumer<Reply> reply) {
    route(Asking.of(request, Origin.HANDLER, reply));
  }

  /// Brings a request to its owner.
  void route(Submission.Asked asked) {
    Passage passage = passage(asked);
    try {
      if (store.exclusive() && passage.isHere()) {
        lanes().submit(asked, passage.partition()); // it stays here for ever
      } else {
        passage.enter(asked);
      }
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "a request was not brought to its owner", e);
      answer(asked, new Reply.Refused(Refusals.unknown((Submission) asked)));
    }
  }

  /// Takes a request back from a lane that does not own its partition any more.
  void astray(Submission.Asked asked) {
    passage(asked).astray(asked);
  }

  private Passage passage(Submission.Asked asked) {
    return passages.get(partition(asked.request()));
  }

  private int partition(Request request) {
    return switch (request) {
      case Request.OfInstance of -> of.key().partition(store.partitions());
      case Request.OfInvocation of -> Ids.partition(of.invocation());
    };
  }

  @Override
  public void submit(Passage to, Submission.Asked asked) {
    lanes().submit(asked, to.partition());
  }

  @Override
  public void forward(Passage from, Submission.Asked asked, String owner) {
    observer.forwarded();
    forwarding().forward(asked, owner, from);
  }

  @Override
  public void clearLane(Passage of, long round) {
    clear(of.partition(), kept -> of.laneCleared(round, kept));
  }

  @Override
  public void clear(Passage of, String owner, long round) {
    forwarding().clear(of, owner, round);
  }

  @Override
  public void sendBack(Submission.Asked asked) {
    answer(asked, Forwarding.moved(asked));
  }

  @Override
  public void refuse(Submission.Asked asked, @Nullable Problem why) {
    answer(asked, Forwarding.refusal(asked, why == null ? Refusals.ownerless() : why));
  }

  @Override
  public void later(Passage of) {
    try {
      var _ = later.schedule(() -> of.due(System.nanoTime()), AGAIN_MS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.log(System.Logger.Level.DEBUG, "it stops, and refuses what waits", e);
    }
  }

  private void answer(Submission.Asked asked, Reply reply) {
    lanes().telling().answered(asked, reply);
  }

  @Override
  public void visit(Request request, Consumer<Reply> reply, Set<Integer> refused) {
    Problem problem = Asking.problem(request, store.partitions());
    if (problem != null) {
      reply.accept(new Reply.Refused(problem));
      return;
    }
    Submission.Asked asked =
        Asking.of(
            request,
            Origin.NODE,
            answer -> {
              if (Forwarding.isMoved(answer) && !(request instanceof Request.Await)) {
                refused.add(partition(request));
              }
              reply.accept(answer);
            });
    if (admission.enter(asked.asker().bytes())) {
      passage(asked).visit(asked, refused);
    } else {
      reply.accept(new Reply.Refused(Refusals.overloaded()));
    }
  }

  @Override
  public void clear(int partition, Consumer<Boolean> cleared) {
    if (partition < 0 || partition >= passages.size()) {
      cleared.accept(false);
    } else {
      lanes().submit(new Submission.Barrier(partition, false, cleared), partition);
    }
  }

  @Override
  public void look() {
    woken.run();
  }

  /// Tells the other nodes that partitions are free.
  void wakeOthers() {
    PeerClient peers = client;
    if (peers != null) {
      for (String other : others) {
        peers.ask(other, Wire.look(), Duration.ofSeconds(1), _ -> {}, _ -> {});
      }
    }
  }

  /// Lets nobody wait for other nodes from now on.
  void stopping() {
    passages.forEach(Passage::stopping);
  }

  /// Stops listening to other nodes and asking them.
  void stop() {
    later.shutdownNow();
    passages.forEach(Passage::stop);
    PeerServer listening = server;
    if (listening != null) {
      listening.close();
    }
    PeerClient peers = client;
    if (peers != null) {
      peers.close();
    }
  }
}
