// SPDX-License-Identifier: Apache-2.0
package dev.detent.processor;

import dev.detent.machine.ComponentView;
import dev.detent.machine.MethodView;
import dev.detent.machine.Place;
import dev.detent.machine.Reading.Finding;
import dev.detent.machine.TypeView;
import java.lang.annotation.Annotation;
import java.util.Map;
import javax.annotation.processing.Messager;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;
import javax.tools.Diagnostic;
import javax.tools.JavaFileObject;
import org.jspecify.annotations.Nullable;

/// Has the compiler show what was found, as near to its cause as there is source.
///
/// @param messager what shows it
/// @param elements knows where elements come from
/// @param machine the class that is being checked
record Reports(Messager messager, Elements elements, TypeElement machine) {
  /// Shows a finding at its place.
  void show(Diagnostic.Kind kind, Finding finding) {
    String text = finding.text();
    switch (finding.place()) {
      case Place.Whole _ -> show(kind, text, machine);
      case Place.InClassMark(Class<? extends Annotation> mark, String member) ->
          show(kind, text, machine, mark, member);
      case Place.AtMethod(MethodView method) -> show(kind, text, element(method));
      case Place.AtParameter(MethodView method, int index) ->
          show(kind, text, parameter(method, index));
      case Place.InMark(MethodView method, Class<? extends Annotation> mark) ->
          show(kind, text, element(method), mark, "value");
      case Place.AtComponent(ComponentView component) -> show(kind, text, field(component));
      case Place.AtType(TypeView type) -> show(kind, text, element(type));
    }
  }

  private Element element(MethodView method) {
    return method instanceof CompiledMethod compiled ? compiled.element() : machine;
  }

  private Element parameter(MethodView method, int index) {
    return method instanceof CompiledMethod compiled
        ? compiled.element().getParameters().get(index)
        : machine;
  }

  /// Returns the field of a component: components themselves have no lines in javac.
  private Element field(ComponentView component) {
    Element owner =
        component instanceof CompiledComponent compiled
            ? compiled.element().getEnclosingElement()
            : null;
    if (owner == null) {
      return machine;
    }
    return ElementFilter.fieldsIn(owner.getEnclosedElements()).stream()
        .filter(field -> field.getSimpleName().contentEquals(component.name()))
        .<Element>map(field -> field)
        .findFirst()
        .orElse(owner);
  }

  private Element element(TypeView type) {
    TypeElement element = type instanceof CompiledType compiled ? compiled.element() : null;
    return element == null ? machine : element;
  }

  private void show(Diagnostic.Kind kind, String text, Element element) {
    messager.printMessage(kind, text, hasSource(element) ? element : machine);
  }

  private void show(
      Diagnostic.Kind kind,
      String text,
      Element element,
      Class<? extends Annotation> type,
      String member) {
    AnnotationMirror mark = mark(element, type);
    if (mark == null || !hasSource(element)) {
      show(kind, text, element);
      return;
    }
    for (Map.Entry<? extends ExecutableElement, ? extends AnnotationValue> value :
        mark.getElementValues().entrySet()) {
      if (value.getKey().getSimpleName().contentEquals(member)) {
        messager.printMessage(kind, text, element, mark, value.getValue());
        return;
      }
    }
    messager.printMessage(kind, text, element, mark);
  }

  private static @Nullable AnnotationMirror mark(
      Element element, Class<? extends Annotation> type) {
    for (AnnotationMirror mirror : element.getAnnotationMirrors()) {
      TypeElement found = (TypeElement) mirror.getAnnotationType().asElement();
      if (found.getQualifiedName().contentEquals(type.getName())) {
        return mirror;
      }
    }
    return null;
  }

  /// Tells whether an element is in a file that is being compiled; others have no lines.
  private boolean hasSource(Element element) {
    JavaFileObject file = elements.getFileObjectOf(element);
    return file != null && file.getKind() == JavaFileObject.Kind.SOURCE;
  }
}
