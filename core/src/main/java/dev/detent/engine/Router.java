// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.engine.Submission.AskedInvocation.Since;
import dev.detent.peer.PeerClient;
import dev.detent.peer.PeerFailure;
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
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Brings each request to the lane that owns its partition, here or on another node.
///
/// **Guarantees**: a request takes one hop at most. One that was certainly not acted on is tried
/// again for a while, as is one that can be repeated without harm; of any other whose node fell
/// silent the answer is OUTCOME_UNKNOWN.
///
/// **Threads**: safe for any number of threads; nothing blocks but opening and closing.
final class Router {
  /// Says that a node does not own the partition of a request that another node sent to it.
  private static final String MOVED = "moved";

  private static final String AWAITS = "awaits";
  private static final String REPLAYED = "replayed";

  private static final System.Logger LOG = System.getLogger(Router.class.getName());
  private static final long AGAIN_MS = 25;
  private static final long PATIENCE_MS = 3_000;
  private static final Duration FOREVER = Duration.ofDays(3_000);
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final String HERE = "";

  private final Store store;
  private final Admission admission;
  private final Observer observer;
  private final AtomicReferenceArray<@Nullable String> owners;
  private final ScheduledExecutorService later =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("detent-router").daemon().factory());
  private volatile boolean stopping;
  private volatile @Nullable Lanes lanes;
  private volatile @Nullable PeerServer server;
  private volatile @Nullable PeerClient client;
  private volatile Set<String> others = Set.of();
  private volatile Consumer<String> silent = _ -> {};
  private volatile Runnable woken = () -> {};

  Router(Store store, Admission admission, Observer observer) {
    this.store = store;
    this.admission = admission;
    this.observer = observer;
    this.owners = new AtomicReferenceArray<>(store.partitions());
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
    client = PeerClient.open(secret, limits);
    try {
      server =
          PeerServer.open(listen, secret, (request, _, reply) -> visited(request, reply), limits);
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
      if (!HERE.equals(owners.get(row.partition()))) {
        boolean away = owner != null && !owner.equals(self);
        owners.set(row.partition(), away ? addresses.get(owner) : null);
      }
    }
    var known = new HashSet<>(addresses.values());
    known.remove(address());
    others = known;
  }

  /// Hears that partitions are owned here from now on.
  void own(Collection<PartitionRow> rows) {
    rows.forEach(row -> owners.set(row.partition(), HERE));
  }

  /// Hears that partitions are not owned here any more.
  void disown(Collection<Integer> partitions) {
    partitions.forEach(partition -> owners.set(partition, null));
  }

  /// Submits a handler's request.
  void submit(Request request, Consumer<Reply> reply) {
    route(Asking.of(request, Submission.Asker.Origin.HANDLER, reply));
  }

  /// Brings a request to its owner.
  void route(Submission.Asked asked) {
    try {
      bring(asked);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "a request was not brought to its owner", e);
      answer(asked, new Reply.Refused(Refusals.unknown((Submission) asked)));
    }
  }

  private void bring(Submission.Asked asked) {
    int partition = partition(asked);
    String owner = owners.get(partition);
    if (stopping && asked.request() instanceof Request.Await) {
      refuse(asked, Refusals.ownerless());
    } else if (HERE.equals(owner)) {
      Objects.requireNonNull(lanes, "lanes are connected before they are asked")
          .submit(asked, partition);
    } else if (asked.asker().origin() == Submission.Asker.Origin.NODE) {
      answer(asked, new Reply.Refused(moved(asked)));
    } else if (owner == null) {
      again(asked, Refusals.ownerless());
    } else {
      forward(asked, owner);
    }
  }

  /// Takes a request back from a lane that does not own its partition any more.
  void astray(Submission.Asked asked) {
    owners.compareAndSet(partition(asked), HERE, null);
    route(asked);
  }

  private int partition(Submission.Asked asked) {
    return switch (asked) {
      case Submission.AskedInstance of -> of.key().partition(store.partitions());
      case Submission.AskedInvocation of -> of.partition();
    };
  }

  private void forward(Submission.Asked asked, String owner) {
    PeerClient peers = Objects.requireNonNull(client, "a shared store has peers");
    observer.forwarded();
    peers.ask(
        owner,
        Wire.write(asked.request()),
        deadline(asked.request()),
        reply -> returned(asked, read(asked, reply)),
        failure -> failed(asked, owner, failure));
  }

  /// Returns how long the other node may take: a handler may run for days.
  private static Duration deadline(Request request) {
    return request instanceof Request.Await await && await.patience().compareTo(FOREVER) < 0
        ? await.patience().plus(GRACE)
        : FOREVER;
  }

  private static Reply read(Submission.Asked asked, Json reply) {
    try {
      return Wire.readReply(reply);
    } catch (DetentException e) {
      LOG.log(System.Logger.Level.ERROR, "the answer of another node can't be read", e);
      return new Reply.Refused(Refusals.unknown((Submission) asked));
    }
  }

  /// Tells another node that a request has to go elsewhere; if it was accepted here before, that
  /// only its end is still wanted.
  private static Problem moved(Submission.Asked asked) {
    Problem problem = Refusals.ownerless().with(MOVED, true);
    return asked instanceof Submission.AskedInvocation of && of.accepted()
        ? problem.with(AWAITS, of.request().invocation()).with(REPLAYED, of.replayed())
        : problem;
  }

  private void returned(Submission.Asked asked, Reply reply) {
    boolean accepted = asked instanceof Submission.AskedInvocation of && of.accepted();
    Problem problem = reply instanceof Reply.Refused refused ? refused.problem() : null;
    if (problem != null && problem.members().containsKey(MOVED)) {
      again(following(asked, problem), Refusals.ownerless());
    } else if (problem != null && accepted && problem.code() == ErrorCode.UNAVAILABLE) {
      again(asked, problem); // that nothing happened is true of the question only
    } else if (problem != null && accepted && problem.code() == ErrorCode.NOT_FOUND) {
      refuse(asked, problem); // it was there once
    } else {
      boolean replayed = asked instanceof Submission.AskedInvocation of && of.replayed();
      answer(asked, replayed ? Replies.replayed(reply) : reply);
    }
  }

  /// Returns what to ask after a move: what was accepted is not asked for again.
  private static Submission.Asked following(Submission.Asked asked, Problem moved) {
    String id = moved.members().get(AWAITS) instanceof String text ? text : null;
    if (id == null || asked.request() instanceof Request.Await) {
      return asked;
    }
    boolean replayed = Boolean.TRUE.equals(moved.members().get(REPLAYED));
    return new Submission.AskedInvocation(
        new Request.Await(id, FOREVER),
        Ids.partition(id),
        asked.asker(),
        replayed ? Since.REPEATED : Since.ACCEPTED);
  }

  private void failed(Submission.Asked asked, String owner, PeerFailure failure) {
    if (failure.kind() == PeerFailure.Kind.REFUSED) {
      answer(asked, new Reply.Refused(unreachable(failure)));
      return;
    }
    silent.accept(owner);
    if (failure.kind() == PeerFailure.Kind.NOT_SENT) {
      again(asked, unreachable(failure));
    } else if (Asking.repeatable(asked.request())) {
      again(perhaps(asked), unreachable(failure));
    } else {
      answer(asked, new Reply.Refused(Refusals.unknown((Submission) asked)));
    }
  }

  /// Returns the same request, of which nobody may be told from now on that nothing happened.
  private static Submission.Asked perhaps(Submission.Asked asked) {
    Request request = asked.request();
    boolean reads =
        request instanceof Request.Read
            || request instanceof Request.Ask
            || request instanceof Request.Await;
    return reads ? asked : asked.with(asked.asker().after(reply -> doubted(asked, reply)));
  }

  private static Reply doubted(Submission.Asked asked, Reply reply) {
    boolean nothing =
        reply instanceof Reply.Refused refused && refused.problem().code() == ErrorCode.UNAVAILABLE;
    return nothing ? new Reply.Refused(Refusals.unknown((Submission) asked)) : reply;
  }

  private static Problem unreachable(PeerFailure failure) {
    return Problem.of(
        ErrorCode.UNAVAILABLE,
        "the node that owns this partition can't be reached, nothing happened ("
            + failure.message()
            + "); retry shortly");
  }

  private void again(Submission.Asked asked, Problem otherwise) {
    long waitedMs = (System.nanoTime() - asked.asker().submittedNanos()) / 1_000_000;
    boolean handler = asked.asker().origin() == Submission.Asker.Origin.HANDLER;
    boolean awaits = asked.request() instanceof Request.Await;
    if ((waitedMs > PATIENCE_MS && !awaits) || handler || later.isShutdown()) {
      refuse(asked, otherwise);
    } else {
      var _ = later.schedule(() -> route(asked), AGAIN_MS, TimeUnit.MILLISECONDS);
    }
  }

  private void refuse(Submission.Asked asked, Problem problem) {
    if (asked.request() instanceof Request.Await await) {
      String id = await.invocation();
      answer(asked, new Reply.Refused(Refusals.unfinished(id), id, false));
    } else {
      answer(asked, new Reply.Refused(problem));
    }
  }

  private void answer(Submission.Asked asked, Reply reply) {
    Objects.requireNonNull(lanes, "lanes are connected before they are asked")
        .telling()
        .answered(asked, reply);
  }

  /// Answers another node.
  private void visited(Json request, Consumer<Json> reply) {
    Request asks;
    try {
      asks = Wire.readRequest(request);
    } catch (DetentException e) {
      reply.accept(Wire.write(new Reply.Refused(e.problem())));
      return;
    }
    if (asks == null) {
      woken.run();
      reply.accept(Wire.look());
      return;
    }
    Submission.Asked asked =
        Asking.of(asks, Submission.Asker.Origin.NODE, answer -> reply.accept(Wire.write(answer)));
    if (admission.enter(asked.asker().bytes())) {
      route(asked);
    } else {
      reply.accept(Wire.write(new Reply.Refused(Refusals.overloaded())));
    }
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
    stopping = true;
  }

  /// Stops listening to other nodes and asking them.
  void stop() {
    later.shutdownNow();
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
