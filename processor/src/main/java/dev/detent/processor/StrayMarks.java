// SPDX-License-Identifier: Apache-2.0
package dev.detent.processor;

import dev.detent.annotation.StateMachine;
import java.util.LinkedHashSet;
import java.util.Set;
import javax.annotation.processing.Messager;
import javax.lang.model.element.Element;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.tools.Diagnostic;

/// Finds annotations that nobody will read: on a class that can't be a machine, or on methods of
/// something that isn't one.
///
/// @param messager what shows them
record StrayMarks(Messager messager) {
  /// Tells whether a type that is marked as a machine can be one; says so if not.
  boolean isClass(TypeElement marked) {
    boolean isAbstract = marked.getModifiers().contains(Modifier.ABSTRACT);
    if (marked.getKind().isClass() && !isAbstract) {
      return true;
    }
    String got = marked.getKind().isInterface() ? "an interface" : "an abstract class";
    String name = marked.getKind().isInterface() ? "interface " : "class ";
    messager.printMessage(
        Diagnostic.Kind.ERROR,
        name
            + marked.getSimpleName()
            + ": expected @StateMachine on a class of objects, got "
            + got,
        marked);
    return false;
  }

  /// Reports the types whose marked methods are in vain. A class that can be extended is left
  /// alone: the methods of a machine's superclasses count.
  void report(Set<? extends Element> markedMethods) {
    var owners = new LinkedHashSet<TypeElement>();
    for (Element method : markedMethods) {
      if (method.getEnclosingElement() instanceof TypeElement owner) {
        owners.add(owner);
      }
    }
    owners.forEach(this::report);
  }

  private void report(TypeElement owner) {
    boolean isFinal = owner.getModifiers().contains(Modifier.FINAL);
    if (owner.getKind().isInterface()) {
      messager.printMessage(
          Diagnostic.Kind.ERROR,
          "interface "
              + owner.getSimpleName()
              + ": expected the methods of a machine in a class, got an interface; its methods are"
              + " not read",
          owner);
    } else if (isFinal && owner.getAnnotation(StateMachine.class) == null) {
      messager.printMessage(
          Diagnostic.Kind.ERROR,
          "class " + owner.getSimpleName() + ": expected @StateMachine on it, got none",
          owner);
    }
  }
}
