// SPDX-License-Identifier: Apache-2.0
package dev.detent.processor;

import dev.detent.machine.ComponentView;
import dev.detent.machine.TypeView;
import java.lang.annotation.Annotation;
import java.util.List;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.TypeMirror;
import org.jspecify.annotations.Nullable;

/// Shows a type that the compiler knows.
final class CompiledType implements TypeView {
  private final Compilation compilation;
  private final TypeMirror type;
  private final @Nullable TypeElement element;

  CompiledType(Compilation compilation, TypeMirror erased) {
    this.compilation = compilation;
    this.type = erased;
    this.element = compilation.element(erased);
  }

  /// Returns the declaration, or null if it is none of a class or interface.
  @Nullable TypeElement element() {
    return element;
  }

  @Override
  public Form form() {
    if (element == null) {
      return Form.OTHER;
    }
    boolean isSealed = element.getModifiers().contains(Modifier.SEALED);
    return switch (element.getKind()) {
      case RECORD -> Form.RECORD;
      case ENUM -> Form.ENUM;
      case INTERFACE, ANNOTATION_TYPE -> isSealed ? Form.SEALED_INTERFACE : Form.INTERFACE;
      default -> Form.CLASS;
    };
  }

  @Override
  public String name() {
    return element == null ? compilation.text(type) : compilation.binaryName(element);
  }

  @Override
  public String simpleName() {
    if (type instanceof ArrayType array) {
      return compilation.view(array.getComponentType()).simpleName() + "[]";
    }
    return element == null ? name() : element.getSimpleName().toString();
  }

  @Override
  public boolean isMarked(Class<? extends Annotation> mark) {
    return element != null && element.getAnnotation(mark) != null;
  }

  @Override
  public List<TypeView> permitted() {
    return element == null ? List.of() : compilation.views(element.getPermittedSubclasses());
  }

  @Override
  public List<TypeView> interfaces() {
    return element == null ? List.of() : compilation.views(element.getInterfaces());
  }

  @Override
  public List<ComponentView> components() {
    return element == null
        ? List.of()
        : element.getRecordComponents().stream()
            .<ComponentView>map(component -> new CompiledComponent(compilation, component))
            .toList();
  }

  @Override
  public boolean isA(Class<?> above) {
    return element != null && compilation.isSubtype(type, compilation.erased(above));
  }

  @Override
  public boolean isAssignableFrom(TypeView other) {
    return other instanceof CompiledType compiled && compilation.isSubtype(compiled.type, type);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CompiledType compiled && name().equals(compiled.name());
  }

  @Override
  public int hashCode() {
    return name().hashCode();
  }

  @Override
  public String toString() {
    return name();
  }
}
