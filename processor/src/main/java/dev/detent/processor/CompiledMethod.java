// SPDX-License-Identifier: Apache-2.0
package dev.detent.processor;

import dev.detent.machine.MethodView;
import dev.detent.machine.TypeView;
import java.lang.annotation.Annotation;
import java.util.List;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.DeclaredType;
import org.jspecify.annotations.Nullable;

/// Shows a method that the compiler knows.
///
/// @param compilation knows the types
/// @param element the method
record CompiledMethod(Compilation compilation, ExecutableElement element) implements MethodView {
  @Override
  public String name() {
    return element.getSimpleName().toString();
  }

  @Override
  public <A extends Annotation> @Nullable A mark(Class<A> type) {
    return element.getAnnotation(type);
  }

  @Override
  public boolean isPrivate() {
    return element.getModifiers().contains(Modifier.PRIVATE);
  }

  @Override
  public boolean isStatic() {
    return element.getModifiers().contains(Modifier.STATIC);
  }

  @Override
  public List<TypeView> parameters() {
    return compilation.views(
        element.getParameters().stream().map(VariableElement::asType).toList());
  }

  @Override
  public TypeView returned() {
    return compilation.view(element.getReturnType());
  }

  @Override
  public @Nullable TypeView returnedArgument() {
    return element.getReturnType() instanceof DeclaredType type
            && !type.getTypeArguments().isEmpty()
        ? compilation.view(compilation.bound(type.getTypeArguments().getFirst()))
        : null;
  }

  @Override
  public String returnText() {
    return compilation.text(element.getReturnType());
  }
}
