// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.journal.Assignment;
import dev.detent.journal.Ending;
import dev.detent.journal.Entry;
import dev.detent.store.Batch;
import dev.detent.store.Claim;
import dev.detent.store.InstanceRow;
import dev.detent.store.InvocationRow;
import dev.detent.store.PartitionRow;
import dev.detent.store.StepRow;
import dev.detent.store.StoreException;
import dev.detent.store.StoreException.Kind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Leads one lane by the hand: nothing that it wants done happens before the test says so.
///
/// What it asks for and answers is written down, a line each.
final class LaneTrial implements LaneEffects {
  final ModelStore store;
  long now = 1_000;

  /// An instance that has handlers.
  static final Key JOB = new Key("job", "j7");

  private final InstanceCache cache = new InstanceCache(100, 1_000_000);
  private final Lane lane;
  private final List<String> lines = new ArrayList<>();
  private final ArrayDeque<Loading> loads = new ArrayDeque<>();
  private final Map<Submission.Asker, String> names = new IdentityHashMap<>();
  private @Nullable Job job;
  private @Nullable Assignment started;
  private @Nullable Upcoming upcoming;
  private Set<Integer> work = Set.of();

  LaneTrial(boolean exclusive) {
    var schedule = new Schedule(1, false);
    schedule.jump(1_000_000);
    store = new ModelStore(schedule, new Truth(schedule), Mutant.NONE, exclusive);
    var memory =
        new LaneMemory(
            new Partitions(ModelStore.PARTITIONS),
            cache,
            new Tokens(),
            new Alarms(100, 1_000),
            new Agenda(),
            new Waiters(),
            new Doubts());
    Map<String, dev.detent.machine.Machine> machines = SimulatedMachines.edition(0);
    var setting = new LaneSetting(() -> exclusive, number -> "batch " + number);
    var limits = new LaneLimits(5, 100_000, 5, 100, 10, 20);
    var rules = new Invoking.Setting(machines::get, 1_000_000, InvocationLimits.STANDARD);
    lane = new Lane(memory, limits, this, setting, rules);
    lane.own(ground(store.acquire()), now);
  }

  Lane lane() {
    return lane;
  }

  /// Returns the version that any thread may see without the lane, or null.
  @Nullable Long shown(String key) {
    Instance shown = cache.shown(gate(key));
    return shown == null ? null : shown.version();
  }

  LaneTrial call(String name, String key, String command) {
    return submit(name, new Request.Call(gate(key), command, input(name), null, Precondition.NONE));
  }

  /// Reads the instance that has handlers.
  LaneTrial readJob(String name) {
    return submit(name, new Request.Read(JOB));
  }

  LaneTrial read(String name, String key) {
    return submit(name, new Request.Read(gate(key)));
  }

  /// Hands over what a handler asks for.
  LaneTrial deliver(String name, String key, String command, String id) {
    var parent = new InvocationRow.Parent("i0-1-1", 1, "0", "");
    return submit(name, new Request.Deliver(gate(key), command, input(id), id, parent, 0, true));
  }

  private LaneTrial submit(String name, Request.OfInstance request) {
    var asker = new Submission.Asker("", 1, 0, Submission.Asker.Origin.CLIENT, _ -> {});
    var asked = new Submission.AskedInstance(request, null, "", asker);
    return submit(name, asked);
  }

  private LaneTrial submit(String name, Submission.Asked asked) {
    names.put(asked.asker(), name);
    return submit(asked);
  }

  private LaneTrial submit(Submission submission) {
    lane.submit(submission, now);
    lane.tick(now);
    return this;
  }

  /// Calls a command of an instance that has handlers.
  LaneTrial job(String name, String command) {
    Json input = Clients.input(name.hashCode(), name.startsWith("late") ? "late" : "go");
    return submit(name, new Request.Call(JOB, command, input, null, Precondition.NONE));
  }

  /// Sends a command to an instance that has handlers.
  LaneTrial send(String name, String command, long delayMs) {
    Json input = Clients.input(name.hashCode(), "go");
    return submit(name, new Request.Send(JOB, command, input, null, Duration.ofMillis(delayMs)));
  }

  /// Asks something of the handler that began last.
  LaneTrial control(String name, Request.Action action) {
    return ask(name, new Request.Control(id(), action));
  }

  LaneTrial ask(String name, Request.OfInvocation request) {
    var asker = new Submission.Asker("", 1, 0, Submission.Asker.Origin.CLIENT, _ -> {});
    int partition = Ids.partition(request.invocation());
    return submit(name, new Submission.AskedInvocation(request, partition, asker));
  }

  /// Returns the id of the handler that began last.
  String id() {
    return Objects.requireNonNull(started).row().id();
  }

  /// Has the attempt that started last record something.
  LaneTrial append(Entry entry) {
    Assignment by = Objects.requireNonNull(started);
    return submit(
        new Submission.Append(
            by.row().partition(),
            by.row().id(),
            by.attempt(),
            entry,
            row -> lines.add("recorded " + row.position() + " " + row.status())));
  }

  /// Lets the attempt that started last come to its end.
  LaneTrial end(Ending ending) {
    Assignment by = Objects.requireNonNull(started);
    return submit(new Submission.Ended(by.row().key(), by.row().id(), by.attempt(), ending));
  }

  /// Says what came of an entry that asked another instance.
  LaneTrial answered(StepRow step, Reply reply) {
    return submit(new Submission.Answered(step, reply));
  }

  /// Answers what the lane wants to know of timers.
  LaneTrial timers() {
    Upcoming asked = upcoming;
    if (asked != null) {
      upcoming = null;
      lane.loads()
          .timersLoaded(asked, store.timers(asked.partitions(), asked.dueAtMax(), asked.limit()));
      lane.tick(now);
    }
    return this;
  }

  /// Takes the partitions again, which another node had meanwhile.
  LaneTrial own() {
    lane.own(ground(store.acquire()), now);
    lane.tick(now);
    return this;
  }

  static Key gate(String key) {
    return new Key("gate", key);
  }

  private static Json input(String name) {
    String how = name.startsWith("poison") ? "poison" : "go";
    return Json.parse("{\"r\":" + name.hashCode() + ",\"how\":\"" + how + "\"}");
  }

  /// Answers all reads.
  LaneTrial load() {
    return load(() -> {});
  }

  /// Answers all reads, but lets something happen between reading and answering.
  LaneTrial load(Runnable between) {
    Loading loading;
    while ((loading = loads.poll()) != null) {
      var loaded =
          new Loaded(
              store.instances(loading.keys()),
              store.invocations(loading.tokens()),
              loading.invocations().stream()
                  .map(store::invocation)
                  .filter(Objects::nonNull)
                  .toList());
      between.run();
      lane.loads().loaded(loading, loaded);
      lane.tick(now);
    }
    return this;
  }

  /// Commits what the lane wants committed, as the store does it.
  LaneTrial commit() {
    Job done = Objects.requireNonNull(job);
    job = null;
    try {
      var rows = done.verify() ? store.rows() : null;
      Batch batch = done.batch();
      if (batch != null) {
        store.commit(batch);
      }
      lane.committed(done, rows, now);
    } catch (StoreException e) {
      job = done;
      lines.add(e.kind().toString());
      lane.commitFailed(done, e, now);
    }
    lane.tick(now);
    return this;
  }

  /// Commits if there is anything left to commit.
  void commitOnce() {
    if (job != null) {
      commit();
    }
  }

  /// Commits, but the answer gets lost; or does not commit, but nobody knows.
  LaneTrial lose(boolean committed) {
    Job lost = Objects.requireNonNull(job);
    if (committed) {
      store.commit(Objects.requireNonNull(lost.batch()));
    }
    return fail(Kind.UNKNOWN);
  }

  LaneTrial fail(Kind kind) {
    lane.commitFailed(Objects.requireNonNull(job), Faults.failure(kind), now);
    lane.tick(now);
    return this;
  }

  /// Says what became of the batch that is looked for.
  LaneTrial outcome(@Nullable Boolean answer) {
    lane.resolved(Objects.requireNonNull(job), answer, now);
    lane.tick(now);
    return this;
  }

  LaneTrial refresh() {
    lane.refreshed(ground(store.rows(), work), now);
    lane.tick(now);
    return this;
  }

  private Ground ground(List<PartitionRow> rows) {
    return ground(rows, new TreeSet<>(List.of(0, 1, 2, 3)));
  }

  private Ground ground(List<PartitionRow> rows, Set<Integer> of) {
    var open = new ArrayList<InvocationRow>();
    var pending = new ArrayList<StepRow>();
    for (int partition : of) {
      open.addAll(store.open(partition, null, Integer.MAX_VALUE));
      pending.addAll(store.pending(partition, null, Integer.MAX_VALUE));
    }
    return new Ground(rows, store.last(new HashMap<>()), open, pending, of);
  }

  LaneTrial pass(long ms) {
    now += ms;
    lane.tick(now);
    return this;
  }

  /// Moves an instance behind the lane's back.
  LaneTrial foreign(String key, String state) {
    Key of = gate(key);
    int partition = of.partition(ModelStore.PARTITIONS);
    InstanceRow row = store.instance(of);
    long version = row == null ? 1 : row.version() + 1;
    var offset = new dev.detent.Offset(partition, store.lastOffset(partition) + 1);
    String from = row == null ? "locked" : row.state();
    String command = state.equals("jammed") ? "kick" : "coin";
    long created = row == null ? now : row.createdAt();
    var event =
        new dev.detent.store.EventRow(
            offset, of, version, command, from, state, "{\"r\":-2}", now, "command", false, null);
    var after =
        new InstanceRow(of, partition, state, "{}", version, "hash", created, now, now, 0, null);
    store.foreign(of, event, after, List.of());
    return this;
  }

  /// Returns what was written down since the last time.
  List<String> said() {
    List<String> all = List.copyOf(lines);
    lines.clear();
    return all;
  }

  @Override
  public void load(Loading loading) {
    loads.add(loading);
  }

  @Override
  public void commit(Job next) {
    job = next;
    Batch batch = next.batch();
    String what = batch == null ? "nothing" : describe(batch);
    lines.add("commit " + what + (next.verify() ? ", look" : ""));
  }

  private static String describe(Batch batch) {
    var text = new StringBuilder();
    batch.events().forEach(e -> text.append(e.key().key()).append(e.version()).append(' '));
    text.append("in ").append(batch.instances().size());
    for (InvocationRow row : batch.invocations()) {
      boolean job = row.key().equals(JOB);
      text.append(job ? ", " + row.command() + " " + row.status() : "");
    }
    for (StepRow step : batch.steps()) {
      String kind = step.position().startsWith("signal") ? "signal" : step.position();
      text.append(", ").append(kind).append(" ").append(step.status());
    }
    return text.toString();
  }

  @Override
  public void resolve(Job lost) {
    lines.add("resolve");
  }

  @Override
  public void claim(int partition, long known, long pauseMs) {
    lines.add("wait for " + partition);
  }

  @Override
  public void release(Claim claim) {
    claim.close();
  }

  @Override
  public void refresh(Map<Integer, Long> known, Set<Integer> wanted) {
    work = wanted;
    lines.add("refresh");
  }

  @Override
  public void loadTimers(Upcoming wanted) {
    upcoming = wanted;
  }

  @Override
  public void answer(Submission.Asked asked, Reply reply) {
    String what =
        switch (reply) {
          case Reply.Done done -> done.state() + " " + done.version();
          case Reply.Found found ->
              "sees " + found.instance().state() + " " + found.instance().version();
          case Reply.Refused refused -> refused.problem().code().toString();
          case Reply.Standing standing ->
              standing.status() + (standing.changed() ? " changed" : " unchanged");
          case Reply.Accepted _ -> "accepted";
          case Reply.Answer answer -> answer.toString();
        };
    lines.add(names.get(asked.asker()) + ": " + what);
  }

  @Override
  public void elsewhere(Submission.Asked asked) {
    lines.add(names.get(asked.asker()) + ": elsewhere");
  }

  @Override
  public void stands(InvocationRow row) {}

  @Override
  public void attempt(Assignment assignment, boolean fresh, long epoch) {
    started = assignment;
    lines.add("start " + assignment.row().command() + " " + assignment.attempt());
  }

  @Override
  public void completed(String invocation, long attempt, StepRow step) {
    lines.add("tell " + attempt + ": " + step.position() + " " + step.status());
  }

  @Override
  public void cancel(String invocation, long attempt) {
    lines.add("cancel " + attempt);
  }

  @Override
  public void stop(String invocation, long attempt) {
    if (attempt != 0) {
      lines.add("stop " + attempt);
    }
  }

  @Override
  public void deliver(StepRow step) {
    lines.add("deliver " + step.position());
  }

  @Override
  public void ask(Request.Control control) {
    lines.add("ask " + control.action());
  }

  @Override
  public void published(Job done) {}

  @Override
  public void troubled(Key key, Problem problem) {
    lines.add("trouble " + problem.code());
  }

  @Override
  public void fired(Submission.Due due, long lateMs) {}

  @Override
  public void storeFailed(Kind kind) {}
}
