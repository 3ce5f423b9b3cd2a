// SPDX-License-Identifier: Apache-2.0
package dev.detent.processor;

import dev.detent.annotation.Column;
import dev.detent.annotation.ColumnConverter;
import dev.detent.machine.ComponentView;
import dev.detent.machine.TypeView;
import java.util.Optional;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.RecordComponentElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;
import org.jspecify.annotations.Nullable;

/// Shows a component of a record that the compiler knows.
///
/// @param compilation knows the types
/// @param element the component
record CompiledComponent(Compilation compilation, RecordComponentElement element)
    implements ComponentView {
  @Override
  public String name() {
    return element.getSimpleName().toString();
  }

  @Override
  public String column() {
    Column mark = element.getAnnotation(Column.class);
    return mark == null ? "" : mark.value();
  }

  @Override
  public @Nullable TypeView held() {
    return raw(heldType());
  }

  @Override
  public String heldText() {
    return compilation.text(heldType());
  }

  private TypeMirror heldType() {
    TypeMirror type = element.asType();
    boolean optional =
        type instanceof DeclaredType declared
            && !declared.getTypeArguments().isEmpty()
            && compilation.view(type).is(Optional.class);
    return optional ? ((DeclaredType) type).getTypeArguments().getFirst() : type;
  }

  private @Nullable TypeView raw(TypeMirror type) {
    boolean nameless = type.getKind() == TypeKind.TYPEVAR || type.getKind() == TypeKind.WILDCARD;
    return nameless ? null : compilation.view(type);
  }

  @Override
  public @Nullable Converter converter() {
    TypeElement converter = converterType();
    if (converter == null || compilation.binaryName(converter).equals(none())) {
      return null;
    }
    TypeMirror to = converted(converter);
    return to == null
        ? new Converter(converter.getSimpleName().toString(), null, "", isMade(converter))
        : new Converter(
            converter.getSimpleName().toString(), raw(to), compilation.text(to), isMade(converter));
  }

  private static String none() {
    return ColumnConverter.None.class.getName();
  }

  private @Nullable TypeElement converterType() {
    return element.getAnnotationMirrors().stream()
        .filter(mark -> compilation.view(mark.getAnnotationType()).is(Column.class))
        .flatMap(mark -> mark.getElementValues().values().stream())
        .map(AnnotationValue::getValue)
        .filter(TypeMirror.class::isInstance)
        .map(type -> compilation.element((TypeMirror) type))
        .findFirst()
        .orElse(null);
  }

  private @Nullable TypeMirror converted(TypeElement converter) {
    for (TypeMirror above : converter.getInterfaces()) {
      if (above instanceof DeclaredType generic
          && generic.getTypeArguments().size() == 2
          && compilation.view(above).is(ColumnConverter.class)) {
        return generic.getTypeArguments().getLast();
      }
    }
    TypeElement parent = compilation.element(converter.getSuperclass());
    return parent == null ? null : converted(parent);
  }

  private static boolean isMade(TypeElement converter) {
    return !converter.getModifiers().contains(Modifier.ABSTRACT)
        && ElementFilter.constructorsIn(converter.getEnclosedElements()).stream()
            .anyMatch(constructor -> constructor.getParameters().isEmpty());
  }
}
