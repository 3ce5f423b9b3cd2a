// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.Key;
import dev.detent.handler.Context;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
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
/// @param input the type of its input, or null if it takes none
/// @param to the states that it leads to; empty for a query
/// @param answer the declared type of what it returns or, in a `Next`, answers
record Signature(
    Method method,
    Set<String> from,
    List<Slot> slots,
    @Nullable Type input,
    Set<String> to,
    Type answer) {

  /// Says what a parameter is given.
  enum Slot {
    STATE,
    INPUT,
    KEY,
    NOW,
    CONTEXT
  }

  /// Returns the type of the states in what a transition returns.
  static Class<?> targetType(Method method) {
    Type returned = method.getGenericReturnType();
    if (method.getReturnType() == Next.class) {
      return returned instanceof ParameterizedType next
          ? raw(next.getActualTypeArguments()[0])
          : Object.class;
    }
    return method.getReturnType();
  }

  private static Type answerType(Method method) {
    boolean next = method.getReturnType() == Next.class;
    return next && method.getGenericReturnType() instanceof ParameterizedType type
        ? bound(type.getActualTypeArguments()[1])
        : method.getGenericReturnType();
  }

  private static Type bound(Type type) {
    return switch (type) {
      case WildcardType wildcard -> wildcard.getUpperBounds()[0];
      case TypeVariable<?> variable -> variable.getBounds()[0];
      default -> type;
    };
  }

  private static Class<?> raw(Type type) {
    return switch (bound(type)) {
      case Class<?> c -> c;
      case ParameterizedType parameterized -> (Class<?>) parameterized.getRawType();
      default -> Object.class;
    };
  }

  /// Reads a method; what is wrong with it is reported, and null returned.
  static @Nullable Signature of(Method method, StateTypes types, Problems problems) {
    int before = problems.size();
    requireCallable(method, problems);
    var slots = new ArrayList<Slot>();
    Set<String> from = Set.of();
    Type input = null;
    for (int i = 0; i < method.getParameterCount(); i++) {
      Class<?> type = method.getParameterTypes()[i];
      Slot slot = slot(type, types);
      slots.add(slot);
      if (slot == Slot.STATE && i == 0) {
        from = types.names(type);
      } else if (slot == Slot.STATE) {
        problems.add(label(method) + ": expected the state as first parameter, got it later");
      } else if (slot == Slot.INPUT && input != null) {
        problems.add(label(method) + ": expected at most one input, got several; make a record");
      } else if (slot == Slot.CONTEXT && i < method.getParameterCount() - 1) {
        problems.add(label(method) + ": expected the Context as last parameter, got it earlier");
      } else if (slot == Slot.INPUT) {
        input = method.getGenericParameterTypes()[i];
      }
    }
    Set<String> to = types.names(targetType(method));
    var signature = new Signature(method, from, slots, input, to, answerType(method));
    return problems.size() > before ? null : signature;
  }

  private static Slot slot(Class<?> type, StateTypes types) {
    if (types.isState(type)) {
      return Slot.STATE;
    } else if (type == Key.class) {
      return Slot.KEY;
    } else if (type == Context.class) {
      return Slot.CONTEXT;
    }
    return type == Instant.class ? Slot.NOW : Slot.INPUT;
  }

  private static void requireCallable(Method method, Problems problems) {
    if (Modifier.isPrivate(method.getModifiers())) {
      problems.add(label(method) + ": expected a method that is not private; drop `private`");
    }
    if (Modifier.isStatic(method.getModifiers())) {
      problems.add(label(method) + ": expected a method of the object; drop `static`");
    }
  }

  /// Tells whether a parameter gets the state.
  boolean startsFromState() {
    return slots.contains(Slot.STATE);
  }

  /// Tells whether a parameter gets a context, which makes the method a durable handler.
  boolean isDurable() {
    return slots.contains(Slot.CONTEXT);
  }

  /// Returns the method's name.
  String name() {
    return method.getName();
  }

  /// Returns how to call the method in messages.
  String label() {
    return label(method);
  }

  /// Returns how to call a method in messages.
  static String label(Method method) {
    var types = new ArrayList<String>();
    for (Class<?> type : method.getParameterTypes()) {
      types.add(type.getSimpleName());
    }
    return "method " + method.getName() + "(" + String.join(", ", types) + ")";
  }
}
