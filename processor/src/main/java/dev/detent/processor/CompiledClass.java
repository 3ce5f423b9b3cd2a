// SPDX-License-Identifier: Apache-2.0
package dev.detent.processor;

import dev.detent.machine.ClassView;
import dev.detent.machine.MethodView;
import java.lang.annotation.Annotation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;
import org.jspecify.annotations.Nullable;

/// Shows a class that the compiler knows.
///
/// @param compilation knows the types
/// @param element the class
record CompiledClass(Compilation compilation, TypeElement element) implements ClassView {
  @Override
  public String simpleName() {
    return element.getSimpleName().toString();
  }

  @Override
  public String packageName() {
    return compilation.packageName(element);
  }

  @Override
  public boolean isOpen() {
    return compilation.isOpen(element);
  }

  @Override
  public <A extends Annotation> @Nullable A mark(Class<A> type) {
    return element.getAnnotation(type);
  }

  @Override
  public List<MethodView> methods() {
    Deque<TypeElement> lineage = new ArrayDeque<>();
    TypeElement next = element;
    while (next != null && next.getKind() != ElementKind.INTERFACE && !isObject(next)) {
      lineage.addFirst(next);
      compilation.view(next.getSuperclass());
      next = compilation.element(next.getSuperclass());
    }
    var methods = new ArrayList<MethodView>();
    for (TypeElement type : lineage) {
      for (ExecutableElement method : ElementFilter.methodsIn(type.getEnclosedElements())) {
        methods.add(new CompiledMethod(compilation, method));
      }
    }
    return methods;
  }

  private static boolean isObject(TypeElement type) {
    return type.getQualifiedName().contentEquals(Object.class.getName());
  }
}
