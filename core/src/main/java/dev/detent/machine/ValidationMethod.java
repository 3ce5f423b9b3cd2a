// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.Key;
import dev.detent.annotation.Validate;
import dev.detent.codec.Codec;
import dev.detent.codec.Value;
import dev.detent.machine.Validation.Moment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads a check off a method that is marked with [Validate].
final class ValidationMethod {
  private enum Slot {
    FROM,
    TO,
    KEY,
    NOW,
    CONNECTION
  }

  private final Object owner;
  private final Method method;
  private final StateTypes types;
  private final Draft draft;
  private final List<Slot> slots = new ArrayList<>();
  private @Nullable Set<String> from;
  private @Nullable Set<String> to;

  ValidationMethod(Object owner, Method method, StateTypes types, Draft draft) {
    this.owner = owner;
    this.method = method;
    this.types = types;
    this.draft = draft;
  }

  /// Adds the check to the draft, or what is wrong with it.
  void read() {
    int problems = draft.problems().size();
    boolean before = method.getAnnotation(Validate.class).before();
    requireCallable();
    var states = new ArrayList<Class<?>>();
    for (Class<?> type : method.getParameterTypes()) {
      if (types.isState(type)) {
        states.add(type);
      }
    }
    boolean pair = states.size() == 2 && !before;
    if (states.size() != 1 && !pair) {
      String expected = before ? "one state, that is left" : "the state that is entered, or both";
      problem("expected @Validate with " + expected + ", got " + states.size() + " states");
    }
    for (Class<?> type : method.getParameterTypes()) {
      slot(type, before || (pair && !slots.contains(Slot.FROM)));
    }
    int place = slots.indexOf(Slot.CONNECTION);
    if (place >= 0 && (before || place < slots.size() - 1)) {
      problem("expected a Connection as last parameter, and not before the transition");
    }
    if (draft.problems().size() == problems) {
      add(before ? Moment.BEFORE : place < 0 ? Moment.AFTER : Moment.WRITTEN);
    }
  }

  private void requireCallable() {
    if (Modifier.isPrivate(method.getModifiers()) || Modifier.isStatic(method.getModifiers())) {
      problem("expected a method of the object that is not private");
    }
    if (method.getReturnType() != void.class) {
      problem("expected @Validate to return nothing and to throw what it refuses");
    }
  }

  private void slot(Class<?> type, boolean leaves) {
    if (types.isState(type)) {
      slots.add(leaves ? Slot.FROM : Slot.TO);
      if (leaves) {
        from = types.names(type);
      } else {
        to = types.names(type);
      }
    } else if (type == Key.class) {
      slots.add(Slot.KEY);
    } else if (type == Instant.class) {
      slots.add(Slot.NOW);
    } else if (type == Connection.class) {
      slots.add(Slot.CONNECTION);
    } else {
      problem("expected states, a Key, an Instant or a Connection, got " + type.getSimpleName());
    }
  }

  private void add(Moment moment) {
    try {
      var lookup =
          MethodHandles.privateLookupIn(method.getDeclaringClass(), MethodHandles.lookup());
      int count = method.getParameterCount();
      MethodHandle handle =
          lookup
              .unreflect(method)
              .bindTo(owner)
              .asType(MethodType.genericMethodType(count).changeReturnType(void.class))
              .asSpreader(Object[].class, count);
      List<Slot> order = List.copyOf(slots);
      Codec codec = draft.codec();
      draft.add(
          new Validation(
              method.getName(),
              moment,
              from,
              to,
              (situation, next, connection) -> {
                var given = arguments(order, situation, next, connection, codec);
                handle.invokeExact(given);
              }));
    } catch (IllegalAccessException e) {
      String where = owner.getClass().getPackageName();
      problem("expected a package that is open to Detent; add `opens " + where + ";`");
    }
  }

  private @Nullable Object[] arguments(
      List<Slot> order,
      Situation situation,
      Outcome.@Nullable Move next,
      @Nullable Connection connection,
      Codec codec) {
    @Nullable Object[] arguments = new @Nullable Object[order.size()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] =
          switch (order.get(i)) {
            case FROM -> state(situation.state(), situation.value(), codec);
            case TO -> next == null ? null : state(next.state(), next.value(), codec);
            case KEY -> situation.key();
            case NOW -> situation.now();
            case CONNECTION -> connection;
          };
    }
    return arguments;
  }

  private Object state(@Nullable String name, @Nullable Value value, Codec codec) {
    Class<?> type = types.type(Objects.requireNonNull(name, "state"));
    return Objects.requireNonNull(value, "value").as(type, codec);
  }

  private void problem(String what) {
    draft.problems().add(Signature.label(method) + ": " + what);
  }
}
