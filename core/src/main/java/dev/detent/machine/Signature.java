// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.Key;
import dev.detent.handler.Context;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads off a method what it starts from, takes, and leads to.
///
/// @param method the method
/// @param from the states that it starts from; empty if it has no from-state
/// @param slots what to pass for each parameter
/// @param to the states that it leads to; empty for a query
record Signature(MethodView method, Set<String> from, List<Slot> slots, Set<String> to) {

  /// Says what a parameter is given.
  enum Slot {
    STATE,
    INPUT,
    KEY,
    NOW,
    CONTEXT
  }

  /// Returns the type of the states in what a transition returns, or null if it is not said.
  static @Nullable TypeView targetType(MethodView method) {
    return returnsNext(method) ? method.returnedArgument() : method.returned();
  }

  private static boolean returnsNext(MethodView method) {
    return method.returned().is(Next.class);
  }

  /// Reads a method; what is wrong with it is reported, and null returned.
  static @Nullable Signature of(MethodView method, StateTypes types, Problems problems) {
    int before = problems.size();
    requireCallable(method, problems);
    var slots = new ArrayList<Slot>();
    List<TypeView> parameters = method.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      Slot slot = slot(parameters.get(i), types);
      String misplaced = misplaced(slot, i, parameters.size(), slots);
      if (!misplaced.isEmpty()) {
        problems.add(method.label() + misplaced, new Place.AtParameter(method, i));
      }
      slots.add(slot);
    }
    boolean starts = !slots.isEmpty() && slots.getFirst() == Slot.STATE;
    Set<String> from = starts ? types.names(parameters.getFirst()) : Set.of();
    TypeView target = targetType(method);
    Set<String> to = target == null ? Set.of() : types.names(target);
    return problems.size() > before ? null : new Signature(method, from, slots, to);
  }

  private static String misplaced(Slot slot, int index, int count, List<Slot> before) {
    if (slot == Slot.STATE && index > 0) {
      return ": expected the state as first parameter, got it later";
    } else if (slot == Slot.INPUT && before.contains(Slot.INPUT)) {
      return ": expected at most one input, got several; make a record";
    } else if (slot == Slot.CONTEXT && index < count - 1) {
      return ": expected the Context as last parameter, got it earlier";
    }
    return "";
  }

  private static Slot slot(TypeView type, StateTypes types) {
    if (types.isState(type)) {
      return Slot.STATE;
    } else if (type.is(Key.class)) {
      return Slot.KEY;
    } else if (type.is(Context.class)) {
      return Slot.CONTEXT;
    }
    return type.is(Instant.class) ? Slot.NOW : Slot.INPUT;
  }

  private static void requireCallable(MethodView method, Problems problems) {
    if (method.isPrivate()) {
      String what = ": expected a method that is not private; drop `private`";
      problems.add(method.label() + what, new Place.AtMethod(method));
    }
    if (method.isStatic()) {
      String what = ": expected a method of the object; drop `static`";
      problems.add(method.label() + what, new Place.AtMethod(method));
    }
  }

  /// Tells whether a parameter gets the state.
  boolean startsFromState() {
    return slots.contains(Slot.STATE);
  }

  /// Tells whether a parameter gets the command's input.
  boolean takesInput() {
    return slots.contains(Slot.INPUT);
  }

  /// Tells whether a parameter gets a context, which makes the method a durable handler.
  boolean isDurable() {
    return slots.contains(Slot.CONTEXT);
  }

  /// Tells whether it says more than the new state.
  boolean returnsNext() {
    return returnsNext(method);
  }

  /// Returns the method's name.
  String name() {
    return method.name();
  }

  /// Returns how to call the method in messages.
  String label() {
    return method.label();
  }
}
