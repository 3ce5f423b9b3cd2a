// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.annotation.Final;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// Knows the records of a sealed interface as states.
final class StateTypes {
  private final Class<?> root;
  private final Map<String, Class<?>> records = new LinkedHashMap<>();

  private StateTypes(Class<?> root) {
    this.root = root;
  }

  /// Returns the states of an interface after adding them to a draft, with the problems that there
  /// are.
  static StateTypes of(Class<?> root, Draft draft) {
    var types = new StateTypes(root);
    var leaves = new LinkedHashSet<Class<?>>();
    types.collect(root, leaves, draft.problems());
    for (Class<?> leaf : leaves) {
      String name = leaf.getSimpleName();
      draft.add(new State(name, leaf.isAnnotationPresent(Final.class), "", leaf));
      types.records.putIfAbsent(name, leaf);
    }
    return types;
  }

  private void collect(Class<?> type, Set<Class<?>> leaves, Problems problems) {
    if (type.isRecord()) {
      leaves.add(type);
    } else if (type.isInterface() && type.isSealed()) {
      for (Class<?> permitted : type.getPermittedSubclasses()) {
        collect(permitted, leaves, problems);
      }
    } else {
      problems.add(
          "state type "
              + type.getSimpleName()
              + ": expected a record of the sealed interface "
              + root.getSimpleName()
              + ", got "
              + word(type));
    }
  }

  /// Returns the sealed interfaces that all of the types are of and no other such interface
  /// extends: one if all is well.
  static Set<Class<?>> roots(Collection<Class<?>> types) {
    Set<Class<?>> shared = null;
    for (Class<?> type : types) {
      var own = new LinkedHashSet<Class<?>>();
      sealedAbove(type, own);
      if (shared == null) {
        shared = own;
      } else {
        shared.retainAll(own);
      }
    }
    Set<Class<?>> candidates = shared == null ? Set.of() : shared;
    var roots = new LinkedHashSet<>(candidates);
    roots.removeIf(type ->
        candidates.stream().anyMatch(other -> other != type && other.isAssignableFrom(type)));
    return roots;
  }

  private static void sealedAbove(Class<?> type, Set<Class<?>> found) {
    // The JDK has sealed interfaces of its own, which String and others implement.
    boolean foreign = type.getName().startsWith("java.");
    if (type.isInterface() && type.isSealed() && !foreign) {
      found.add(type);
    }
    for (Class<?> above : type.getInterfaces()) {
      sealedAbove(above, found);
    }
  }

  /// Returns what kind of type it is, for messages.
  static String word(Class<?> type) {
    if (type.isEnum()) {
      return "an enum";
    } else if (type.isInterface()) {
      return type.isSealed() ? "a sealed interface" : "an interface that is not sealed";
    }
    return type.isPrimitive() || type.isArray() ? type.getSimpleName() : "a class";
  }

  /// Returns the names of the states that a type stands for; none if it is not of these types.
  Set<String> names(Class<?> type) {
    var names = new LinkedHashSet<String>();
    records.forEach((name, leaf) -> {
      if (type.isAssignableFrom(leaf) && isState(type)) {
        names.add(name);
      }
    });
    return Collections.unmodifiableSet(names);
  }

  /// Tells whether a type is one of these states or an interface of some of them.
  boolean isState(Class<?> type) {
    return root.isAssignableFrom(type);
  }

  /// Returns the record of a state.
  Class<?> type(String state) {
    Class<?> type = records.get(state);
    if (type == null) {
      throw new IllegalStateException("state " + state + ": expected a record for it, got none");
    }
    return type;
  }

  Class<?> root() {
    return root;
  }
}
