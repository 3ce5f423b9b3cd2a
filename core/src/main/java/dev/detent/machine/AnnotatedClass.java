// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.DetentException;
import dev.detent.annotation.After;
import dev.detent.annotation.Initial;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Table;
import dev.detent.annotation.Validate;
import dev.detent.codec.Codec;
import dev.detent.codec.DurationText;
import dev.detent.codec.Value;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Reads a definition off the annotated methods of a class.
final class AnnotatedClass {
  private static final List<Class<? extends Annotation>> MARKS =
      List.of(
          Initial.class,
          dev.detent.annotation.Transition.class,
          After.class,
          dev.detent.annotation.Query.class,
          Validate.class);

  private record Marked(Method method, Annotation mark) {}

  private final Object owner;
  private final Draft draft;
  private final boolean arcs;
  private final Map<String, Class<?>> records = new HashMap<>();
  private final Map<String, List<Signature>> creating = new LinkedHashMap<>();
  private final Map<String, Map<String, MethodCall>> queries = new LinkedHashMap<>();

  AnnotatedClass(Object owner, Codec codec) {
    this.owner = owner;
    StateMachine mark = owner.getClass().getAnnotation(StateMachine.class);
    this.draft = new Draft(mark == null ? "" : mark.value(), Machine.Kind.JAVA, codec);
    this.arcs = mark != null && mark.arcs();
    if (mark == null) {
      problem(
          "class " + owner.getClass().getSimpleName() + ": expected @StateMachine on it, got none");
      draft.problems().throwIfAny(owner.getClass().getSimpleName());
    } else if (!mark.retention().isEmpty()) {
      retention(mark.retention());
    }
    Table table = owner.getClass().getAnnotation(Table.class);
    if (table != null) {
      draft.table(TableDefinition.of(table));
    }
  }

  private void retention(String text) {
    try {
      draft.retention(DurationText.parse(text));
    } catch (DetentException e) {
      problem("retention: " + e.getMessage());
    }
  }

  Machine read() {
    List<Marked> methods = methods();
    Class<?> root = root(methods);
    if (root == null) {
      draft.problems().throwIfAny(draft.name());
      throw new IllegalStateException("states: expected a problem where there are none");
    }
    StateTypes types = StateTypes.of(root, draft);
    draft.states().keySet().forEach(state -> records.put(state, types.type(state)));
    for (Marked marked : methods) {
      if (marked.mark instanceof Validate) {
        new ValidationMethod(owner, marked.method, types, draft).read();
        continue;
      }
      Signature signature = Signature.of(marked.method, types, draft.problems());
      if (signature != null) {
        add(marked.mark, signature);
      }
    }
    initial();
    queries.forEach(this::query);
    return draft.finish();
  }

  private List<Marked> methods() {
    var methods = new ArrayList<Marked>();
    for (Method method : DeclarationOrder.of(owner.getClass())) {
      var marks = new ArrayList<Annotation>();
      MARKS.stream()
          .filter(method::isAnnotationPresent)
          .forEach(mark -> marks.add(method.getAnnotation(mark)));
      if (marks.size() > 1) {
        String got = marks.size() + "; keep one";
        problem(Signature.label(method) + ": expected one annotation of a machine, got " + got);
      } else if (!marks.isEmpty()) {
        methods.add(new Marked(method, marks.getFirst()));
      }
    }
    return methods;
  }

  /// Returns the sealed interface of the states, or null if there is none.
  private @Nullable Class<?> root(List<Marked> methods) {
    var targets = new LinkedHashSet<Class<?>>();
    for (Marked marked : methods) {
      if (marked.mark instanceof dev.detent.annotation.Query || marked.mark instanceof Validate) {
        continue;
      }
      Class<?> target = Signature.targetType(marked.method);
      if (StateTypes.roots(Set.of(target)).isEmpty()) {
        problem(
            Signature.label(marked.method)
                + ": expected to return a record of a sealed interface, that interface, or Next of"
                + " these, got "
                + marked.method.getGenericReturnType().getTypeName());
      } else {
        targets.add(target);
      }
    }
    Set<Class<?>> roots = StateTypes.roots(targets);
    if (roots.size() != 1) {
      String got =
          roots.isEmpty()
              ? targets.isEmpty() ? "none" : simple(targets) + ", which have none in common"
              : simple(roots);
      problem("states: expected the methods to return records of one sealed interface, got " + got);
      return null;
    }
    return roots.iterator().next();
  }

  private static String simple(Set<Class<?>> types) {
    return types.stream().map(Class::getSimpleName).collect(Collectors.joining(", "));
  }

  private void add(Annotation mark, Signature signature) {
    MethodCall call;
    try {
      call = new MethodCall(owner, signature, records, draft.codec());
    } catch (IllegalAccessException e) {
      String where = owner.getClass().getPackageName();
      String remedy = "; add `opens " + where + ";` to its module-info";
      problem(signature.label() + ": expected a package that is open to Detent" + remedy);
      return;
    }
    switch (mark) {
      case Initial _ -> initial(signature, call);
      case dev.detent.annotation.Transition t -> transition(signature, call, t.description());
      case After after -> timeout(signature, call, after);
      default -> query(signature, call);
    }
  }

  private void initial(Signature signature, MethodCall call) {
    if (signature.startsFromState()) {
      problem(signature.label() + ": expected @Initial to start from no state, got a state");
    } else if (signature.input() != null) {
      transition(signature, call, "");
    } else if (signature.isDurable()) {
      String remedy = "; an instance that nobody asked for runs no handler";
      problem(signature.label() + ": expected @Initial without Context, got one" + remedy);
    } else if (!signature.slots().isEmpty()) {
      problem(signature.label() + ": expected @Initial with no parameters or an input");
    } else {
      implicit(signature, call);
    }
  }

  private void implicit(Signature signature, MethodCall call) {
    creating.computeIfAbsent("", none -> new ArrayList<>()).add(signature);
    if (signature.to().size() != 1) {
      return;
    }
    try {
      Object state = call.call(new Object[0]);
      if (state instanceof Next<?, ?> || state == null) {
        problem(signature.label() + ": expected @Initial to return a state, got " + state);
        return;
      }
      String name = state.getClass().getSimpleName();
      draft.implicit(new Implicit(name, Value.of(state, draft.codec())));
    } catch (DetentException e) {
      problem(signature.label() + ": expected a state, got a failure: " + e.getMessage());
    }
  }

  private void transition(Signature signature, MethodCall call, String description) {
    if (!signature.startsFromState()) {
      creating.computeIfAbsent(signature.name(), none -> new ArrayList<>()).add(signature);
    }
    draft.add(move(signature.name(), signature, description, call));
  }

  private static Transition move(
      @Nullable String command, Signature signature, String description, MethodCall call) {
    return new Transition(
        command, signature.from(), signature.to(), description, signature.isDurable(), call);
  }

  private void timeout(Signature signature, MethodCall call, After after) {
    if (!signature.startsFromState() || signature.input() != null) {
      problem(signature.label() + ": expected @After with a state and no input");
      return;
    }
    try {
      var duration = DurationText.parse(after.value());
      Transition transition = move(null, signature, after.description(), call);
      for (String state : signature.from()) {
        draft.add(new Timeout(state, signature.name(), duration, transition));
      }
    } catch (DetentException e) {
      problem(signature.label() + ": @After: " + e.getMessage());
    }
  }

  private void query(Signature signature, MethodCall call) {
    if (!signature.startsFromState() || signature.input() != null) {
      problem(signature.label() + ": expected @Query with a state and no input");
      return;
    }
    if (signature.isDurable()) {
      problem(signature.label() + ": expected @Query without Context, got one; it only reads");
      return;
    }
    if (signature.method().getReturnType() == void.class) {
      problem(signature.label() + ": expected @Query to return an answer, got void");
      return;
    }
    var byState = queries.computeIfAbsent(signature.name(), name -> new LinkedHashMap<>());
    for (String state : signature.from()) {
      if (byState.putIfAbsent(state, call) != null) {
        problem("query " + signature.name() + ": expected one for state " + state + ", got two");
      }
    }
  }

  private void query(String name, Map<String, MethodCall> byState) {
    var calls = Map.copyOf(byState);
    var from = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(byState.keySet()));
    draft.add(
        new Query(
            name,
            from,
            situation -> {
              MethodCall call = calls.get(String.valueOf(situation.state()));
              if (call == null) {
                throw new IllegalArgumentException(
                    "query " + name + ": expected a state of " + from + ", got another");
              }
              return call.answer(situation);
            }));
  }

  /// Finds the one initial state from everything that creates instances.
  private void initial() {
    var states = new TreeSet<String>();
    creating.values().forEach(list -> list.forEach(signature -> states.addAll(signature.to())));
    List<Signature> implicit = creating.getOrDefault("", List.of());
    if (implicit.size() > 1) {
      problem("initial state: expected one @Initial method, got " + implicit.size());
    } else if (states.size() > 1 && !arcs) {
      problem("initial state: expected exactly one, got " + String.join(", ", states));
    }
    if (!implicit.isEmpty() && creating.size() > 1) {
      var commands = new LinkedHashSet<>(creating.keySet());
      commands.remove("");
      problem(
          "initial state: expected either an @Initial method without input or creating"
              + " transitions, got both; every key is there already, so give a from-state to "
              + String.join(", ", commands));
    }
    if (!states.isEmpty()) {
      draft.initial(states.first());
    }
  }

  private void problem(String what) {
    draft.problems().add(what);
  }
}
