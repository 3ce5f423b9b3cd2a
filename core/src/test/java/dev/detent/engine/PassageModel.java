// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.Problem;
import dev.detent.codec.Json;
import dev.detent.engine.Submission.Asker.Origin;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Plays nodes that bring requests for one partition to its owner, while it changes hands,
/// connections break and nodes learn late of both. A seed decides what happens next.
final class PassageModel {
  private static final Key KEY = new Key("a", "b");
  private static final long PATIENCE = 240;

  private final Random random;
  private final List<Node> nodes = new ArrayList<>();
  private final List<Node> askers = new ArrayList<>();
  private final Set<Integer> applied = new HashSet<>();
  private final Map<Integer, Reply> answers = new HashMap<>();
  private long time;
  private int epoch;
  private @Nullable Node owner;

  PassageModel(long seed, int count) {
    this.random = new Random(seed);
    for (int i = 0; i < count; i++) {
      nodes.add(new Node("n" + i));
    }
  }

  /// Runs at random for a while, then lets everything come to rest.
  ///
  /// @return how many requests took effect
  int run(int steps) {
    for (int i = 0; i < steps; i++) {
      step();
    }
    for (Node node : nodes) {
      node.hangsUntil = time;
      while (node.giving != Giving.NOT) {
        node.give();
      }
    }
    while (owner == null) {
      nodes.forEach(Node::work);
      nodes.stream().filter(Node::isRested).findFirst().ifPresent(this::acquire);
    }
    for (int i = 0; i < 2_000 && answers.size() < askers.size(); i++) {
      time++;
      nodes.forEach(this::learn);
      nodes.forEach(Node::work);
      nodes.forEach(Node::wake);
      nodes.forEach(node -> List.copyOf(node.links.values()).forEach(Link::deliver));
    }
    if (answers.size() < askers.size()) {
      throw new AssertionError(
          "only " + answers.keySet() + " of " + askers.size() + " are answered");
    }
    answers.forEach((number, reply) -> {
      boolean done = reply instanceof Reply.Done;
      boolean nothing =
          reply instanceof Reply.Refused refused
              && refused.problem().code() == ErrorCode.UNAVAILABLE;
      if ((done && !applied.contains(number)) || (nothing && applied.contains(number))) {
        throw new AssertionError(number + " was answered wrongly: " + reply);
      }
    });
    return applied.size();
  }

  /// Makes a submission that carries the time of this model.
  private Submission.Asked asked(Request.Call request, Origin origin, Consumer<Reply> reply) {
    var asker = new Submission.Asker("", 1, time, origin, reply);
    return new Submission.AskedInstance(request, null, "", asker);
  }

  private void step() {
    time++;
    Node node = nodes.get(random.nextInt(nodes.size()));
    switch (random.nextInt(14)) {
      case 0, 1, 2 -> node.ask();
      case 3, 4, 5 -> node.work();
      case 6, 7, 8 -> List.copyOf(node.links.values()).forEach(Link::deliver);
      case 9 -> node.wake();
      case 10, 11 -> learn(node);
      case 12 -> {
        change(node);
        node.hangsUntil = random.nextInt(30) == 0 ? time + 200 : node.hangsUntil;
      }
      default ->
          node.links.values().stream()
              .filter(_ -> random.nextInt(8) == 0)
              .toList()
              .forEach(Link::cut);
    }
  }

  private void learn(Node node) {
    Node current = owner;
    if (node.giving != Giving.NOT) {
      return; // the same thread does both
    }
    if (current == node && node.epoch == epoch) {
      node.passage.own();
    } else {
      node.passage.learn(current == null || current == node ? null : current.name);
    }
  }

  /// Has the partition change hands: it is given up, taken over, or taken away.
  private void change(Node node) {
    if (node.giving != Giving.NOT || (node == owner && random.nextBoolean())) {
      node.give();
    } else if (node.isRested() && (owner == null || random.nextInt(4) == 0)) {
      acquire(node);
    }
  }

  private void acquire(Node node) {
    owner = node;
    epoch++;
    int now = epoch;
    node.inbox.add((Runnable) () -> node.epoch = now);
    node.passage.taken();
  }

  private enum Giving {
    NOT,
    LEAVING,
    PARKING,
    GIVEN
  }

  /// Is one node: its passage, and a lane that decides ahead of its commits.
  private final class Node implements Way {
    private final String name;
    private final Passage passage = new Passage(0, PATIENCE, this);
    private final Map<String, Link> links = new HashMap<>();
    private final ArrayDeque<Object> inbox = new ArrayDeque<>();
    private final ArrayDeque<Submission.Asked> decided = new ArrayDeque<>();
    private int epoch;
    private int last = -1;
    private Giving giving = Giving.NOT;
    private boolean woken;
    private long hangsUntil;

    Node(String name) {
      this.name = name;
    }

    void ask() {
      int number = askers.size();
      askers.add(this);
      var request = new Request.Call(KEY, "" + number, Json.NULL, null, Precondition.NONE);
      Consumer<Reply> reply =
          answer -> {
            if (answers.put(number, answer) != null) {
              throw new AssertionError(number + " is answered twice");
            }
          };
      passage.enter(asked(request, Origin.CLIENT, reply));
    }

    /// Tells whether it has done all that it was asked before it hung: who waited for it no longer
    /// can't know of the rest.
    boolean isRested() {
      return hangsUntil == 0 || (time >= hangsUntil && inbox.isEmpty() && decided.isEmpty());
    }

    /// Takes one message, or commits what is decided.
    void work() {
      if (time < hangsUntil) {
        return;
      }
      Object next = random.nextInt(3) == 0 ? null : inbox.poll();
      switch (next) {
        case null -> commit();
        case Runnable event -> event.run();
        case Submission.Barrier barrier -> barrier(barrier);
        case Submission.Asked request when epoch == 0 -> passage.astray(request);
        case Submission.Asked request -> decided.add(request);
        default -> throw new AssertionError(next);
      }
    }

    private void barrier(Submission.Barrier barrier) {
      if (epoch != 0 && epoch != PassageModel.this.epoch) {
        lose();
      }
      barrier.reached().accept(epoch != 0);
    }

    private void commit() {
      if (epoch != 0 && epoch != PassageModel.this.epoch) {
        lose();
      }
      for (Submission.Asked done : List.copyOf(decided)) {
        apply(Integer.parseInt(((Request.Call) done.request()).command()));
        done.asker().reply().accept(new Reply.Done("", Json.NULL, "", 1, false));
      }
      decided.clear();
    }

    private void lose() {
      epoch = 0;
      List<Submission.Asked> away = List.copyOf(decided);
      decided.clear();
      away.forEach(passage::astray);
    }

    /// Gives the partition up, step by step: what is decided is committed, unless something was
    /// still to be read for it; what waits is sent on.
    void give() {
      switch (giving) {
        case NOT -> {
          giving = Giving.LEAVING;
          passage.disown();
        }
        case LEAVING -> {
          giving = Giving.PARKING;
          inbox.add(
              (Runnable)
                  () -> {
                    if (random.nextBoolean()) {
                      commit();
                    }
                    lose();
                    giving = Giving.GIVEN;
                  });
        }
        case PARKING -> work();
        case GIVEN -> {
          giving = Giving.NOT;
          if (owner == this) {
            owner = null;
            PassageModel.this.epoch++;
          }
        }
      }
    }

    void wake() {
      if (woken) {
        woken = false;
        passage.due(time);
      }
    }

    @Override
    public void submit(Passage to, Submission.Asked request) {
      inbox.add(request);
    }

    @Override
    public void forward(Passage from, Submission.Asked request, String to) {
      Link link = link(to);
      if (link.cut) {
        passage.returned(request, Refusals.ownerless());
      } else {
        link.send(new Message(request, 0));
      }
    }

    @Override
    public void clearLane(Passage of, long round) {
      inbox.add(new Submission.Barrier(0, false, kept -> passage.laneCleared(round, kept)));
    }

    @Override
    public void clear(Passage of, String former, long round) {
      Link link = link(former);
      if (link.cut) {
        passage.cleared(round, Passage.Cleared.FAILED);
      } else {
        link.send(new Message(null, round));
      }
    }

    private Link link(String to) {
      Link link = links.get(to);
      if (link == null || (link.cut && link.unanswered.isEmpty())) {
        Node other = nodes.stream().filter(node -> node.name.equals(to)).findFirst().orElseThrow();
        link = new Link(this, other);
        links.put(to, link);
      }
      return link;
    }

    @Override
    public void sendBack(Submission.Asked request) {
      request.asker().reply().accept(Forwarding.moved(request));
    }

    @Override
    public void refuse(Submission.Asked request, @Nullable Problem why) {
      request.asker().reply().accept(new Reply.Refused(why == null ? Refusals.ownerless() : why));
    }

    @Override
    public void later(Passage of) {
      woken = true;
    }
  }

  private void apply(int number) {
    Node asker = askers.get(number);
    if (!applied.add(number)) {
      throw new AssertionError(number + " took effect twice");
    }
    if (answers.containsKey(number)) {
      return; // nobody knew what would become of it
    }
    if (number < asker.last) {
      throw new AssertionError(number + " was overtaken by " + asker.last);
    }
    asker.last = number;
  }

  /// Holds what is sent: a request, or null for the wish to clear, which is named by its round.
  private record Message(Submission.@Nullable Asked request, long round) {}

  /// Is one connection: both ways in order, until it is cut.
  private final class Link {
    private final Node from;
    private final Node to;
    private final Set<Integer> refused = new HashSet<>();
    private final ArrayDeque<Message> there = new ArrayDeque<>();
    private final ArrayDeque<Runnable> back = new ArrayDeque<>();
    private final List<Message> unanswered = new ArrayList<>();
    private final Set<Message> unsent = new HashSet<>();
    private boolean cut;

    Link(Node from, Node to) {
      this.from = from;
      this.to = to;
    }

    void send(Message message) {
      there.add(message);
      unanswered.add(message);
    }

    /// Delivers one message each way, or none.
    void deliver() {
      if (cut && !unanswered.isEmpty()) {
        lose(unanswered.get(random.nextInt(unanswered.size())));
        return;
      }
      Message message = random.nextInt(3) == 0 ? null : there.poll();
      if (message != null) {
        arrive(message);
      }
      Runnable answer = random.nextInt(3) == 0 ? null : back.poll();
      if (answer != null) {
        answer.run();
      }
    }

    private void arrive(Message message) {
      Submission.Asked request = message.request();
      if (request == null) {
        refused.remove(0);
        to.inbox.add(
            new Submission.Barrier(
                0,
                false,
                kept -> {
                  answer(
                      message,
                      () ->
                          from.passage.cleared(
                              message.round(), kept ? Passage.Cleared.KEPT : Passage.Cleared.GONE));
                }));
        return;
      }
      Consumer<Reply> reply =
          answer -> {
            if (Forwarding.isMoved(answer)) {
              refused.add(0);
            }
            answer(message, () -> answered(request, answer));
          };
      to.passage.visit(asked((Request.Call) request.request(), Origin.NODE, reply), refused);
    }

    private void answer(Message message, Runnable work) {
      if (cut) {
        return;
      }
      back.add(() -> {
        unanswered.remove(message);
        work.run();
      });
    }

    private void answered(Submission.Asked request, Reply reply) {
      if (Forwarding.isMoved(reply)) {
        from.passage.returned(request, null);
      } else {
        from.passage.ended();
        request.asker().reply().accept(reply);
      }
    }

    /// Cuts it: what has not arrived did not happen, of the rest nobody knows. Those who wait hear
    /// of it one after the other.
    void cut() {
      cut = true;
      unsent.addAll(there);
      there.clear();
      back.clear();
    }

    private void lose(Message message) {
      unanswered.remove(message);
      Submission.Asked request = message.request();
      if (request == null) {
        from.passage.cleared(message.round(), Passage.Cleared.FAILED);
      } else if (unsent.contains(message)) {
        from.passage.returned(request, Refusals.ownerless());
      } else {
        from.passage.ended();
        request.asker().reply().accept(new Reply.Refused(Refusals.unknown((Submission) request)));
      }
    }
  }
}
