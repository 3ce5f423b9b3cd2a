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

/// Reads a definition off the annotated methods of a class, which may be loaded or in the hands of
/// a compiler.
final class AnnotatedClass {
  private static final List<Class<? extends Annotation>> MARKS =
      List.of(
          Initial.class,
          dev.detent.annotation.Transition.class,
          After.class,
          dev.detent.annotation.Query.class,
          Validate.class);

  private record Marked(MethodView method, Annotation mark) {}

  private final ClassView view;
  private final @Nullable Object owner;
  private final Draft draft;
  private final Map<String, List<Signature>> creating = new LinkedHashMap<>();
  private final Map<String, Map<String, Call>> queries = new LinkedHashMap<>();
  private final Map<String, Place> asked = new HashMap<>();

  private AnnotatedClass(ClassView view, @Nullable Object owner, Codec codec) {
    this.view = view;
    this.owner = owner;
    StateMachine mark = view.mark(StateMachine.class);
    this.draft = new Draft(mark == null ? "" : mark.value(), Machine.Kind.JAVA, codec);
  }

  /// Reads the class of an object whose methods will be called.
  ///
  /// @throws dev.detent.RefusedException INVALID_DEFINITION with all `problems`
  static Machine of(Object owner, Codec codec) {
    var reader = new AnnotatedClass(new ReflectedClass(owner.getClass()), owner, codec);
    return reader.draft.orThrow(reader.read());
  }

  /// Reads a class that cannot run yet.
  static Reading of(ClassView view) {
    return new AnnotatedClass(view, null, Codec.standard()).read();
  }

  private Reading read() {
    StateMachine mark = view.mark(StateMachine.class);
    if (mark == null) {
      String what = "class " + view.simpleName() + ": expected @StateMachine on it, got none";
      problem(what, Place.WHOLE);
      return draft.failed();
    }
    if (!mark.retention().isEmpty()) {
      retention(mark.retention());
    }
    Table table = view.mark(Table.class);
    if (table != null) {
      draft.table(TableDefinition.of(table));
    }
    List<Marked> methods = methods();
    TypeView root = root(methods);
    if (root == null) {
      return draft.failed();
    }
    StateTypes types = StateTypes.of(root, draft);
    for (Marked marked : methods) {
      if (marked.mark instanceof Validate validate) {
        new ValidationMethod(marked.method, validate, types, draft).read(view, owner);
        continue;
      }
      Signature signature = Signature.of(marked.method, types, draft.problems());
      if (signature != null) {
        add(marked.mark, signature, types);
      }
    }
    initial(mark.arcs());
    queries.forEach(this::query);
    return draft.read();
  }

  private void retention(String text) {
    try {
      draft.retention(DurationText.parse(text));
    } catch (DetentException e) {
      problem(
          "retention: " + e.getMessage(), new Place.InClassMark(StateMachine.class, "retention"));
    }
  }

  private List<Marked> methods() {
    var methods = new ArrayList<Marked>();
    for (MethodView method : view.methods()) {
      var marks = new ArrayList<Annotation>();
      for (Class<? extends Annotation> type : MARKS) {
        Annotation mark = method.mark(type);
        if (mark != null) {
          marks.add(mark);
        }
      }
      if (marks.size() > 1) {
        String got = marks.size() + "; keep one";
        String what = method.label() + ": expected one annotation of a machine, got " + got;
        problem(what, new Place.InMark(method, marks.getLast().annotationType()));
      } else if (!marks.isEmpty()) {
        methods.add(new Marked(method, marks.getFirst()));
      }
    }
    return methods;
  }

  /// Returns the sealed interface of the states, or null if there is none.
  private @Nullable TypeView root(List<Marked> methods) {
    var targets = new LinkedHashSet<TypeView>();
    for (Marked marked : methods) {
      if (marked.mark instanceof dev.detent.annotation.Query || marked.mark instanceof Validate) {
        continue;
      }
      TypeView target = target(marked.method);
      if (target != null) {
        targets.add(target);
      }
    }
    Set<TypeView> roots = StateTypes.roots(targets);
    if (roots.size() != 1) {
      String got =
          roots.isEmpty()
              ? targets.isEmpty() ? "none" : simple(targets) + ", which have none in common"
              : simple(roots);
      String what = "states: expected the methods to return records of one sealed interface, got ";
      problem(what + got, Place.WHOLE);
      return null;
    }
    return roots.iterator().next();
  }

  private @Nullable TypeView target(MethodView method) {
    TypeView target = Signature.targetType(method);
    if (target != null && !StateTypes.roots(Set.of(target)).isEmpty()) {
      return target;
    }
    problem(
        method.label()
            + ": expected to return a record of a sealed interface, that interface, or Next of"
            + " these, got "
            + method.returnText(),
        new Place.AtMethod(method));
    return null;
  }

  private static String simple(Set<TypeView> types) {
    return types.stream().map(TypeView::simpleName).collect(Collectors.joining(", "));
  }

  private void add(Annotation mark, Signature signature, StateTypes types) {
    Call call;
    try {
      call = call(signature, types);
    } catch (IllegalAccessException e) {
      String remedy = "; add `opens " + view.packageName() + ";` to its module-info";
      problem(signature, ": expected a package that is open to Detent" + remedy);
      call = new UnbuiltCall(signature);
    }
    switch (mark) {
      case Initial _ -> initial(signature, call);
      case dev.detent.annotation.Transition t -> transition(signature, call, t.description());
      case After after -> timeout(signature, call, after);
      default -> query(signature, call);
    }
  }

  private Call call(Signature signature, StateTypes types) throws IllegalAccessException {
    if (owner != null) {
      var method = (ReflectedMethod) signature.method();
      return new MethodCall(owner, method, signature, types.loaded(), draft.codec());
    } else if (!view.isOpen()) {
      throw new IllegalAccessException(view.packageName());
    }
    return new UnbuiltCall(signature);
  }

  private void initial(Signature signature, Call call) {
    if (signature.startsFromState()) {
      problem(signature, ": expected @Initial to start from no state, got a state");
    } else if (signature.takesInput()) {
      transition(signature, call, "");
    } else if (signature.isDurable()) {
      String remedy = "; an instance that nobody asked for runs no handler";
      problem(signature, ": expected @Initial without Context, got one" + remedy);
    } else if (!signature.slots().isEmpty()) {
      problem(signature, ": expected @Initial with no parameters or an input");
    } else {
      implicit(signature, call);
    }
  }

  private void implicit(Signature signature, Call call) {
    creating.computeIfAbsent("", none -> new ArrayList<>()).add(signature);
    if (signature.returnsNext()) {
      problem(signature, ": expected @Initial to return a state, got Next");
    } else if (signature.to().size() == 1) {
      implicit(signature, signature.to().iterator().next(), call);
    }
  }

  private void implicit(Signature signature, String state, Call call) {
    try {
      Value value = call.initial();
      if (value == null) {
        problem(signature, ": expected @Initial to return a state, got null");
      } else {
        draft.implicit(new Implicit(state, value));
      }
    } catch (DetentException e) {
      problem(signature, ": expected a state, got a failure: " + e.getMessage());
    }
  }

  private void transition(Signature signature, Call call, String description) {
    if (!signature.startsFromState()) {
      creating.computeIfAbsent(signature.name(), none -> new ArrayList<>()).add(signature);
    }
    Transition move = move(signature.name(), signature, description, call);
    draft.put(move, new Place.AtMethod(signature.method()));
    draft.add(move);
  }

  private static Transition move(
      @Nullable String command, Signature signature, String description, Call call) {
    return new Transition(
        command, signature.from(), signature.to(), description, signature.isDurable(), call);
  }

  private void timeout(Signature signature, Call call, After after) {
    if (!signature.startsFromState() || signature.takesInput()) {
      problem(signature, ": expected @After with a state and no input");
      return;
    }
    var place = new Place.InMark(signature.method(), After.class);
    try {
      var duration = DurationText.parse(after.value());
      Transition transition = move(null, signature, after.description(), call);
      draft.put(transition, place);
      for (String state : signature.from()) {
        draft.add(new Timeout(state, signature.name(), duration, transition));
      }
    } catch (DetentException e) {
      problem(signature.label() + ": @After: " + e.getMessage(), place);
    }
  }

  private void query(Signature signature, Call call) {
    if (!signature.startsFromState() || signature.takesInput()) {
      problem(signature, ": expected @Query with a state and no input");
      return;
    }
    if (signature.isDurable()) {
      problem(signature, ": expected @Query without Context, got one; it only reads");
      return;
    }
    if (signature.method().returned().is(void.class)) {
      problem(signature, ": expected @Query to return an answer, got void");
      return;
    }
    asked.putIfAbsent(signature.name(), new Place.AtMethod(signature.method()));
    var byState = queries.computeIfAbsent(signature.name(), name -> new LinkedHashMap<>());
    for (String state : signature.from()) {
      if (byState.putIfAbsent(state, call) != null) {
        String what = "query " + signature.name() + ": expected one for state " + state;
        problem(what + ", got two", new Place.AtMethod(signature.method()));
      }
    }
  }

  private void query(String name, Map<String, Call> byState) {
    var calls = Map.copyOf(byState);
    var from = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(byState.keySet()));
    var query =
        new Query(
            name,
            from,
            situation -> {
              Call call = calls.get(String.valueOf(situation.state()));
              if (call == null) {
                throw new IllegalArgumentException(
                    "query " + name + ": expected a state of " + from + ", got another");
              }
              return call.answer(situation);
            });
    draft.put(query, asked.getOrDefault(name, Place.WHOLE));
    draft.add(query);
  }

  /// Finds the one initial state from everything that creates instances.
  private void initial(boolean arcs) {
    var states = new TreeSet<String>();
    Place second = Place.WHOLE;
    for (List<Signature> list : creating.values()) {
      for (Signature signature : list) {
        boolean more = states.addAll(signature.to()) && states.size() > 1;
        second = more ? new Place.AtMethod(signature.method()) : second;
      }
    }
    List<Signature> implicit = creating.getOrDefault("", List.of());
    if (implicit.size() > 1) {
      String what = "initial state: expected one @Initial method, got " + implicit.size();
      problem(what, new Place.AtMethod(implicit.getLast().method()));
    } else if (states.size() > 1 && !arcs) {
      problem("initial state: expected exactly one, got " + String.join(", ", states), second);
    }
    if (!implicit.isEmpty() && creating.size() > 1) {
      both();
    }
    if (!states.isEmpty()) {
      draft.initial(states.first());
    }
  }

  private void both() {
    var commands = new LinkedHashMap<>(creating);
    commands.remove("");
    problem(
        "initial state: expected either an @Initial method without input or creating"
            + " transitions, got both; every key is there already, so give a from-state to "
            + String.join(", ", commands.keySet()),
        new Place.AtMethod(commands.values().iterator().next().getFirst().method()));
  }

  private void problem(Signature signature, String what) {
    problem(signature.label() + what, new Place.AtMethod(signature.method()));
  }

  private void problem(String what, Place place) {
    draft.problems().add(what, place);
  }
}
