// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.event.Consumers;
import dev.detent.event.EventLog;
import dev.detent.machine.Machine;
import dev.detent.store.Store;
import dev.detent.store.Stranded;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Runs machines on a store: what doors and applications talk to.
///
/// **Guarantees**: an answer is given after everything that it rests on is durable. Commands of one
/// instance are decided in the order in which they were submitted to one engine, also while its
/// partition changes hands on a shared store; one whose outcome is unknown may still take effect
/// later.
///
/// **Threads**: safe for any number of threads.
public final class Engine implements AutoCloseable {
  /// The longest delay of a send.
  public static final Duration DELAY_MAX = Duration.ofDays(3_650);

  /// The most bytes of UTF-8 that an idempotency key may have.
  public static final int IDEMPOTENCY_KEY_BYTES_MAX = 255;

  private final Store store;
  private final Definitions definitions;
  private final Lanes lanes;
  private final Admission admission;
  private final EventLog events;
  private final Observer observer;
  private final Consumers consumers;
  private final @Nullable Retention retention;
  private final Upkeep upkeep;
  private final Router router;
  private final Announcer announcer;
  private final Cluster cluster;
  private final Awakeables awakeables;
  private final long startedAt;
  private final Object defining = new Object();
  private volatile boolean stopping;

  private Engine(EngineBuilder builder) {
    this.store = builder.store;
    this.definitions = new Definitions(store);
    this.admission = new Admission(builder.requestsMax, builder.requestBytesMax);
    this.events = new EventLog(store);
    this.awakeables = new Awakeables(store);
    this.startedAt = store.now();
    this.observer = new GuardedObserver(builder.observer);
    this.consumers =
        new Consumers(store, events, builder.lease, observer, JoinedTransaction::within);
    this.router = new Router(store, admission, observer);
    this.announcer = new Announcer(observer, admission, events, router, definitions);
    this.lanes = new Lanes(builder, definitions, announcer);
    var parts = new Cluster.Parts(definitions, events, observer);
    this.cluster = new Cluster(builder, lanes, router, parts);
    router.whenWoken(cluster::look);
    Duration keep = builder.eventRetention;
    this.retention =
        keep == null ? null : new Retention(store, consumers, keep, () -> cluster.owned());
    this.upkeep = new Upkeep(store, retention);
  }

  /// Starts to configure an engine.
  ///
  /// @param store where everything is kept; the engine closes it when it stops
  public static EngineBuilder builder(Store store) {
    return new EngineBuilder(store);
  }

  static Engine start(EngineBuilder builder) {
    var engine = new Engine(builder);
    engine.definitions.start(builder.machines);
    engine.router.connect(engine.lanes, builder.listen, builder.lease);
    engine.cluster.start();
    builder.store.whenClockMoves(engine.lanes::lookAtClock);
    engine.upkeep.start();
    return engine;
  }

  /// Submits a request. Never blocks: what can't be queued is refused at once with OVERLOADED.
  ///
  /// @param request the request
  /// @param reply called exactly once, on a thread of the engine or on the caller's; it must return
  ///   at once
  public void submit(Request request, Consumer<Reply> reply) {
    Problem problem = refusal(request);
    if (problem != null) {
      reply.accept(new Reply.Refused(problem));
      return;
    }
    Consumer<Reply> taker =
        request instanceof Request.Complete complete ? awakeables.refining(complete, reply) : reply;
    Submission.Asked asked = Asking.of(request, Submission.Asker.Origin.CLIENT, taker);
    if (!admission.enter(asked.asker().bytes())) {
      reply.accept(new Reply.Refused(Refusals.overloaded()));
    } else {
      router.route(asked);
    }
  }

  /// Returns a committed instance if that needs nobody's help: it is remembered, nothing is decided
  /// of it that is not committed, and nobody else writes to the store. Never blocks.
  ///
  /// A request that was submitted and is not answered yet may or may not be seen.
  ///
  /// @return the instance, or null: then submit a [Request.Read]
  public @Nullable Instance glance(Key key) {
    Instance shown = stopping || !store.alone() ? null : lanes.shown(key, store.partitions());
    if (shown != null) {
      observer.answered(key.machine(), 0); // looking at a clock would take as long
    }
    return shown;
  }

  /// Says that nobody takes a reply any more: whoever waits for the end of an invocation gives its
  /// place among the requests free. What was asked is done all the same. Never blocks.
  ///
  /// @param reply what [#submit] was given, the same object; it may still be called
  public void forget(Consumer<Reply> reply) {
    lanes.forget(reply);
  }

  /// Returns the machines by name.
  public Map<String, Machine> machines() {
    return definitions.all();
  }

  /// Adds a machine or replaces its definition, durably. Blocks.
  ///
  /// @return what the definition would strand; empty means that it holds from now on
  /// @throws dev.detent.RefusedException DEFINITION_CONFLICT if JSON would replace code
  public List<Stranded> define(Machine machine) {
    synchronized (defining) {
      definitions.requireReplaceable(machine);
      return lanes.parked(() -> {
        List<Stranded> stranded = definitions.write(machine);
        if (stranded.isEmpty()) {
          definitions.add(machine);
        }
        return stranded;
      });
    }
  }

  /// Returns what a definition that was refused by [#define] would strand, as a problem.
  public static Problem conflict(Machine machine, List<Stranded> stranded) {
    return Definitions.conflict(machine, stranded);
  }

  /// Returns the log of events.
  public EventLog events() {
    return events;
  }

  /// Returns the consumers of events, of this process and of all.
  public Consumers consumers() {
    return consumers;
  }

  /// Returns for how long events are kept at least, or null for ever.
  public @Nullable Duration eventRetention() {
    return retention == null ? null : retention.keep();
  }

  /// Runs something in a transaction of the store's own; see [Detent#transaction].
  <T extends @Nullable Object, E extends Exception> T transaction(Transacting<T, E> work) throws E {
    return JoinedTransaction.run(store, definitions::find, work, this::joined);
  }

  /// Runs commands and reads in one transaction, one after the other: they commit together or not
  /// at all. Blocks.
  ///
  /// @param scope what may be touched
  /// @param work what to do; whatever it throws undoes everything
  /// @return what the work returned, or null if an instance is at another version: then nothing was
  ///   done
  /// @throws DetentException if nothing was done: UNAVAILABLE and OVERLOADED may work if they are
  ///   tried again; OUTCOME_UNKNOWN if even that is not certain
  public <T> @Nullable T together(Together.Scope scope, Function<Together, T> work) {
    if (stopping) {
      throw Problem.of(
              ErrorCode.UNAVAILABLE, "the server is stopping, nothing happened; retry elsewhere")
          .exception();
    }
    return transaction(joined -> Together.run(definitions::find, joined, scope, work));
  }

  /// Takes part in a transaction of the caller's; see [Detent#join].
  JoinedTransaction join(Connection connection) {
    return JoinedTransaction.of(store, definitions::find, connection);
  }

  /// Takes note of events that callers have committed.
  private void joined(Map<Integer, Long> offsets) {
    offsets.forEach(events::advanced);
    cluster.poke();
  }

  /// Returns the lists and counts of committed instances, and reads that may be stale.
  public Instances instances() {
    return new Instances(store, definitions::find);
  }

  /// Returns the lists of invocations and their journals.
  public Invocations invocations() {
    return new Invocations(store);
  }

  /// Returns the nodes that share the store as this one last saw them, itself among them. Blocks.
  public List<NodeView> nodes() {
    return store.exclusive()
        ? List.of(NodeView.alone(cluster.node(), startedAt, store.partitionRows()))
        : NodeView.all(cluster.membership(), cluster.node());
  }

  /// Returns whether the engine can commit. Never blocks.
  public Health health() {
    if (stopping) {
      return new Health(false, "the engine is stopping");
    }
    Health lane = lanes.health();
    return lane.ok() ? upkeep.health() : lane;
  }

  /// Returns how much is waiting and remembered.
  public Load load() {
    return lanes.load();
  }

  /// Refuses new requests, commits what is decided, answers everybody, and closes the store.
  ///
  /// @param limit how long that may take; whoever waits longer is told OUTCOME_UNKNOWN
  public void stop(Duration limit) {
    synchronized (defining) {
      if (stopping) {
        return;
      }
      stopping = true;
      long deadline = System.nanoTime() + limit.toNanos();
      consumers.close(limit.dividedBy(2));
      while (admission.requests() > lanes.waiters() && System.nanoTime() < deadline) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      }
      upkeep.stop();
      awakeables.stop();
      announcer.stop();
      router.stopping();
      cluster.stop();
      lanes.stop();
      router.stop();
      store.close();
    }
  }

  /// Stops within 5 s.
  @Override
  public void close() {
    stop(Duration.ofSeconds(5));
  }

  private @Nullable Problem refusal(Request request) {
    if (stopping) {
      return Problem.of(
          ErrorCode.UNAVAILABLE, "the server is stopping, nothing happened; retry elsewhere");
    }
    boolean shared = !store.exclusive();
    if (request instanceof Request.OfInstance of && !shared) {
      String machine = of.key().machine();
      if (definitions.find(machine) == null) {
        return Refusals.noMachine(machine);
      }
    }
    return Asking.problem(request, store.partitions());
  }
}
