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
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  private final MethodView method;
  private final Validate mark;
  private final StateTypes types;
  private final Draft draft;
  private final List<Slot> slots = new ArrayList<>();
  private @Nullable Set<String> from;
  private @Nullable Set<String> to;

  ValidationMethod(MethodView method, Validate mark, StateTypes types, Draft draft) {
    this.method = method;
    this.mark = mark;
    this.types = types;
    this.draft = draft;
  }

  /// Adds the check to the draft, or what is wrong with it.
  ///
  /// @param view the class
  /// @param owner the object that checks, or null if its class is being compiled
  void read(ClassView view, @Nullable Object owner) {
    int problems = draft.problems().size();
    boolean before = mark.before();
    requireCallable();
    long states = method.parameters().stream().filter(types::isState).count();
    boolean pair = states == 2 && !before;
    if (states != 1 && !pair) {
      String expected = before ? "one state, that is left" : "the state that is entered, or both";
      problem("expected @Validate with " + expected + ", got " + states + " states");
    }
    for (int i = 0; i < method.parameters().size(); i++) {
      slot(i, before || (pair && !slots.contains(Slot.FROM)));
    }
    int place = slots.indexOf(Slot.CONNECTION);
    if (place >= 0 && (before || place < slots.size() - 1)) {
      problem("expected a Connection as last parameter, and not before the transition");
    }
    if (draft.problems().size() == problems) {
      add(before ? Moment.BEFORE : place < 0 ? Moment.AFTER : Moment.WRITTEN, view, owner);
    }
  }

  private void requireCallable() {
    if (method.isPrivate() || method.isStatic()) {
      problem("expected a method of the object that is not private");
    }
    if (!method.returned().is(void.class)) {
      problem("expected @Validate to return nothing and to throw what it refuses");
    }
  }

  private void slot(int index, boolean leaves) {
    TypeView type = method.parameters().get(index);
    if (types.isState(type)) {
      slots.add(leaves ? Slot.FROM : Slot.TO);
      if (leaves) {
        from = types.names(type);
      } else {
        to = types.names(type);
      }
    } else if (type.is(Key.class)) {
      slots.add(Slot.KEY);
    } else if (type.is(Instant.class)) {
      slots.add(Slot.NOW);
    } else if (type.is(Connection.class)) {
      slots.add(Slot.CONNECTION);
    } else {
      String what = "expected states, a Key, an Instant or a Connection, got " + type.simpleName();
      problem(what, new Place.AtParameter(method, index));
    }
  }

  private void add(Moment moment, ClassView view, @Nullable Object owner) {
    try {
      Validation.Check check = owner == null ? unbuilt(view) : check(owner);
      draft.add(new Validation(method.name(), moment, from, to, check));
    } catch (IllegalAccessException e) {
      problem("expected a package that is open to Detent; add `opens " + view.packageName() + ";`");
    }
  }

  private Validation.Check unbuilt(ClassView view) throws IllegalAccessException {
    if (!view.isOpen()) {
      throw new IllegalAccessException(view.packageName());
    }
    return (situation, next, connection) -> {
      throw new IllegalStateException(method.label() + ": expected a loaded class, got none yet");
    };
  }

  private Validation.Check check(Object owner) throws IllegalAccessException {
    Method loaded = ((ReflectedMethod) method).method();
    var lookup = MethodHandles.privateLookupIn(loaded.getDeclaringClass(), MethodHandles.lookup());
    int count = loaded.getParameterCount();
    MethodHandle handle =
        lookup
            .unreflect(loaded)
            .bindTo(owner)
            .asType(MethodType.genericMethodType(count).changeReturnType(void.class))
            .asSpreader(Object[].class, count);
    List<Slot> order = List.copyOf(slots);
    Map<String, Class<?>> records = types.loaded();
    Codec codec = draft.codec();
    return (situation, next, connection) -> {
      @Nullable Object[] arguments = new @Nullable Object[order.size()];
      for (int i = 0; i < arguments.length; i++) {
        arguments[i] =
            switch (order.get(i)) {
              case FROM -> state(records, situation.state(), situation.value(), codec);
              case TO -> next == null ? null : state(records, next.state(), next.value(), codec);
              case KEY -> situation.key();
              case NOW -> situation.now();
              case CONNECTION -> connection;
            };
      }
      handle.invokeExact(arguments);
    };
  }

  private static Object state(
      Map<String, Class<?>> records, @Nullable String name, @Nullable Value value, Codec codec) {
    Class<?> type = Objects.requireNonNull(records.get(name), "state");
    return Objects.requireNonNull(value, "value").as(type, codec);
  }

  private void problem(String what) {
    problem(what, new Place.AtMethod(method));
  }

  private void problem(String what, Place place) {
    draft.problems().add(method.label() + ": " + what, place);
  }
}
