// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Searches for one order of operations, depth first, and never looks at the same operations in the
/// same state twice.
///
/// Calls and returns stand in a list by their times. An operation may come next if its call stands
/// before the first return that is left; it then leaves the list with its return. Those that may
/// never have happened have no return, and are tried only where no other fits.
///
/// **Threads**: one at a time.
final class Search<S, O, R> {
  private final Model<S, O, R> model;
  private final int exploredMax;
  private final Node<O, R> head = new Node<>(null, -1, 0);
  private final int optional;
  private int left;
  private final BitSet done = new BitSet();
  private final Set<Explored<S>> explored = new HashSet<>();
  private final ArrayDeque<Taken<S, O, R>> taken = new ArrayDeque<>();
  private S state;
  private int bestLeft = Integer.MAX_VALUE;
  private @Nullable Best<S, O, R> best;

  /// Prepares a search of what happened up to some moment: what had not returned by then may have
  /// happened, but only with the result that it had in the end.
  Search(Model<S, O, R> model, List<Operation<O, R>> history, long until, int exploredMax) {
    this.model = model;
    this.exploredMax = exploredMax;
    this.state = model.initial();
    List<Operation<O, R>> begun = history.stream().filter(o -> o.calledAt() <= until).toList();
    var nodes = new ArrayList<Node<O, R>>();
    this.optional = (int) begun.stream().filter(o -> !required(o, until)).count();
    int nextOptional = 0;
    for (Operation<O, R> operation : byCall(begun)) {
      boolean required = required(operation, until);
      int index = required ? optional + left++ : nextOptional++;
      var call = new Node<>(operation, index, operation.calledAt());
      nodes.add(call);
      if (required) {
        call.end = new Node<>(null, index, operation.returnedAt());
        nodes.add(call.end);
      }
    }
    link(nodes);
  }

  private static <O, R> boolean required(Operation<O, R> operation, long until) {
    return operation.certain() && operation.returnedAt() <= until;
  }

  private static <O, R> List<Operation<O, R>> byCall(List<Operation<O, R>> operations) {
    return operations.stream().sorted(Comparator.comparingLong(Operation::calledAt)).toList();
  }

  /// Puts the nodes in order. What happens at the same moment counts as concurrent: calls first.
  private void link(List<Node<O, R>> nodes) {
    nodes.sort(
        Comparator.<Node<O, R>>comparingLong(node -> node.at)
            .thenComparing(node -> node.operation == null));
    Node<O, R> last = head;
    for (Node<O, R> node : nodes) {
      last.next = node;
      node.previous = last;
      last = node;
    }
  }

  /// Searches.
  Verdict.Kind run() {
    Node<O, R> from = head.next;
    boolean certain = true;
    while (left > 0) {
      Node<O, R> fit = fit(from, certain);
      if (fit != null) {
        from = head.next;
        certain = true;
      } else if (explored.size() > exploredMax) {
        return Verdict.Kind.UNDECIDED;
      } else if (certain) {
        remember();
        from = head.next;
        certain = false;
      } else if (taken.isEmpty()) {
        return Verdict.Kind.BROKEN;
      } else {
        Node<O, R> undone = takeBack();
        from = undone.next;
        certain = undone.end != null;
      }
    }
    return Verdict.Kind.LINEARIZABLE;
  }

  /// Returns how many combinations were looked at.
  int explored() {
    return explored.size();
  }

  /// Returns the order that was found of the most operations that happened for sure.
  Best<S, O, R> best() {
    return Objects.requireNonNull(best);
  }

  /// Takes the first operation that fits and leads to something new; returns null if none does.
  private @Nullable Node<O, R> fit(@Nullable Node<O, R> from, boolean certain) {
    for (Node<O, R> node = from; node != null; node = node.next) {
      Operation<O, R> operation = node.operation;
      if (operation == null) {
        return null;
      }
      boolean sought = certain == (node.end != null);
      if (sought && !(node.end == null && hasTwin(node, operation)) && take(node, operation)) {
        return node;
      }
    }
    return null;
  }

  /// Tells whether another one that may never have happened does the same and was called before:
  /// wherever this one fits, that one does.
  private boolean hasTwin(Node<O, R> node, Operation<O, R> operation) {
    for (Node<O, R> other = node.previous; other != null; other = other.previous) {
      Operation<O, R> before = other.operation;
      if (before != null
          && other.end == null
          && before.asked().equals(operation.asked())
          && Objects.equals(before.result(), operation.result())) {
        return true;
      }
    }
    return false;
  }

  private boolean take(Node<O, R> node, Operation<O, R> operation) {
    S after = model.next(state, operation.asked(), operation.result());
    if (after == null || (node.end == null && after.equals(state))) {
      return false;
    }
    done.set(node.index);
    if (!explored.add(snapshot(after))) {
      done.clear(node.index);
      return false;
    }
    taken.push(new Taken<>(node, operation, state));
    state = after;
    node.leave();
    left -= node.end == null ? 0 : 1;
    return true;
  }

  private Node<O, R> takeBack() {
    Taken<S, O, R> last = taken.pop();
    Node<O, R> node = last.node();
    done.clear(node.index);
    state = last.before();
    node.comeBack();
    left += node.end == null ? 0 : 1;
    return node;
  }

  /// Leaves out what is always the same: all required ones up to the first that is not done.
  private Explored<S> snapshot(S after) {
    int first = done.nextClearBit(optional);
    return new Explored<>(
        first, done.get(first, Math.max(first, done.length())), done.get(0, optional), after);
  }

  private void remember() {
    if (left >= bestLeft) {
      return;
    }
    bestLeft = left;
    var order = new ArrayList<Operation<O, R>>();
    taken.descendingIterator().forEachRemaining(one -> order.add(one.operation()));
    var stuck = new ArrayList<Operation<O, R>>();
    for (Node<O, R> node = head.next; node != null; node = node.next) {
      if (node.operation == null) {
        break;
      }
      stuck.add(node.operation);
    }
    best = new Best<>(order, state, stuck);
  }

  /// Holds the longest order that was found.
  ///
  /// @param order the operations
  /// @param state the state after them
  /// @param stuck those of which one had to come next
  record Best<S, O, R>(List<Operation<O, R>> order, S state, List<Operation<O, R>> stuck) {}

  /// Holds a place in the search, to know it again.
  private record Explored<S>(int first, BitSet window, BitSet optional, S state) {}

  /// Holds one step of the search, to take it back.
  private record Taken<S, O, R>(Node<O, R> node, Operation<O, R> operation, S before) {}

  /// Is a call or a return in the list.
  private static final class Node<O, R> {
    private final @Nullable Operation<O, R> operation;
    private final int index;
    private final long at;
    private @Nullable Node<O, R> end;
    private @Nullable Node<O, R> previous;
    private @Nullable Node<O, R> next;

    private Node(@Nullable Operation<O, R> operation, int index, long at) {
      this.operation = operation;
      this.index = index;
      this.at = at;
    }

    private void leave() {
      unlink();
      if (end != null) {
        end.unlink();
      }
    }

    private void comeBack() {
      if (end != null) {
        end.link();
      }
      link();
    }

    private void unlink() {
      if (previous != null) {
        previous.next = next;
      }
      if (next != null) {
        next.previous = previous;
      }
    }

    private void link() {
      if (previous != null) {
        previous.next = this;
      }
      if (next != null) {
        next.previous = this;
      }
    }
  }
}
