// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import dev.detent.annotation.Final;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// Knows the records of a sealed interface as states.
final class StateTypes {
  private final TypeView root;
  private final Map<String, TypeView> records = new LinkedHashMap<>();

  private StateTypes(TypeView root) {
    this.root = root;
  }

  /// Returns the states of an interface after adding them to a draft, with the problems that there
  /// are.
  static StateTypes of(TypeView root, Draft draft) {
    var types = new StateTypes(root);
    var leaves = new LinkedHashSet<TypeView>();
    types.collect(root, leaves, draft.problems());
    for (TypeView leaf : leaves) {
      String name = leaf.simpleName();
      var state = new State(name, leaf.isMarked(Final.class), "", leaf.loaded());
      draft.put(state, new Place.AtType(leaf));
      draft.add(state);
      types.records.putIfAbsent(name, leaf);
      draft.show(name, leaf);
    }
    return types;
  }

  private void collect(TypeView type, Set<TypeView> leaves, Problems problems) {
    if (type.form() == TypeView.Form.RECORD) {
      leaves.add(type);
    } else if (isSealed(type)) {
      for (TypeView permitted : type.permitted()) {
        collect(permitted, leaves, problems);
      }
    } else {
      problems.add(
          "state type "
              + type.simpleName()
              + ": expected a record of the sealed interface "
              + root.simpleName()
              + ", got "
              + type.word(),
          new Place.AtType(type));
    }
  }

  /// Returns the sealed interfaces that all of the types are of and no other such interface
  /// extends: one if all is well.
  static Set<TypeView> roots(Collection<TypeView> types) {
    Set<TypeView> shared = null;
    for (TypeView type : types) {
      var own = new LinkedHashSet<TypeView>();
      sealedAbove(type, own);
      if (shared == null) {
        shared = own;
      } else {
        shared.retainAll(own);
      }
    }
    Set<TypeView> candidates = shared == null ? Set.of() : shared;
    var roots = new LinkedHashSet<>(candidates);
    roots.removeIf(type ->
        candidates.stream().anyMatch(other -> !other.equals(type) && other.isAssignableFrom(type)));
    return roots;
  }

  private static void sealedAbove(TypeView type, Set<TypeView> found) {
    // The JDK has sealed interfaces of its own, which String and others implement.
    boolean foreign = type.name().startsWith("java.");
    if (isSealed(type) && !foreign) {
      found.add(type);
    }
    for (TypeView above : type.interfaces()) {
      sealedAbove(above, found);
    }
  }

  private static boolean isSealed(TypeView type) {
    return type.form() == TypeView.Form.SEALED_INTERFACE;
  }

  /// Returns the names of the states that a type stands for; none if it is not of these types.
  Set<String> names(TypeView type) {
    var names = new LinkedHashSet<String>();
    records.forEach((name, leaf) -> {
      if (type.isAssignableFrom(leaf) && isState(type)) {
        names.add(name);
      }
    });
    return Collections.unmodifiableSet(names);
  }

  /// Tells whether a type is one of these states or an interface of some of them.
  boolean isState(TypeView type) {
    return root.isAssignableFrom(type);
  }

  /// Returns the records of the states that are loaded.
  Map<String, Class<?>> loaded() {
    var loaded = new HashMap<String, Class<?>>();
    records.forEach((name, type) -> {
      Class<?> record = type.loaded();
      if (record != null) {
        loaded.put(name, record);
      }
    });
    return loaded;
  }
}
