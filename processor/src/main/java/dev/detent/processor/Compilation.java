// SPDX-License-Identifier: Apache-2.0
package dev.detent.processor;

import dev.detent.machine.TypeView;
import java.util.List;
import java.util.stream.Collectors;
import javax.lang.model.element.ModuleElement;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.TypeVariable;
import javax.lang.model.type.WildcardType;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;
import org.jspecify.annotations.Nullable;

/// Knows the types of one look at a class, and whether one of them was not there: another processor
/// may be about to generate it.
final class Compilation {
  private final Types types;
  private final Elements elements;
  private boolean incomplete;

  Compilation(Types types, Elements elements) {
    this.types = types;
    this.elements = elements;
  }

  /// Tells whether a type was looked at that does not exist.
  boolean isIncomplete() {
    return incomplete;
  }

  TypeView view(TypeMirror type) {
    incomplete |= type.getKind() == TypeKind.ERROR;
    return new CompiledType(this, types.erasure(type));
  }

  List<TypeView> views(List<? extends TypeMirror> mirrors) {
    return mirrors.stream().map(this::view).toList();
  }

  boolean isSubtype(TypeMirror type, TypeMirror above) {
    return types.isSubtype(type, above);
  }

  /// Returns the type of a class of the JDK.
  TypeMirror erased(Class<?> type) {
    return types.erasure(elements.getTypeElement(type.getName()).asType());
  }

  @Nullable TypeElement element(TypeMirror type) {
    return types.asElement(type) instanceof TypeElement element ? element : null;
  }

  String binaryName(TypeElement element) {
    return elements.getBinaryName(element).toString();
  }

  String packageName(TypeElement element) {
    return elements.getPackageOf(element).getQualifiedName().toString();
  }

  /// Tells whether the module of a class opens its package to anyone.
  boolean isOpen(TypeElement element) {
    PackageElement folder = elements.getPackageOf(element);
    ModuleElement module = elements.getModuleOf(element);
    return module == null
        || module.isUnnamed()
        || module.isOpen()
        || ElementFilter.opensIn(module.getDirectives()).stream()
            .anyMatch(opens -> opens.getPackage().equals(folder));
  }

  /// Returns a type, or the bound of a wildcard or type variable.
  TypeMirror bound(TypeMirror type) {
    return switch (type) {
      case WildcardType wildcard when wildcard.getExtendsBound() != null ->
          wildcard.getExtendsBound();
      case WildcardType _ -> elements.getTypeElement(Object.class.getName()).asType();
      case TypeVariable variable -> variable.getUpperBound();
      default -> type;
    };
  }

  /// Writes a type as [java.lang.reflect.Type#getTypeName] does.
  String text(TypeMirror type) {
    return switch (type) {
      case ArrayType array -> text(array.getComponentType()) + "[]";
      case TypeVariable variable -> variable.asElement().getSimpleName().toString();
      case DeclaredType declared -> declared(declared);
      case WildcardType wildcard when wildcard.getSuperBound() != null ->
          "? super " + text(wildcard.getSuperBound());
      case WildcardType wildcard -> {
        String above = text(bound(wildcard));
        yield above.equals(Object.class.getName()) ? "?" : "? extends " + above;
      }
      default -> type.getKind().name().toLowerCase(java.util.Locale.ROOT);
    };
  }

  private String declared(DeclaredType type) {
    TypeElement element = element(type);
    String name = element == null ? type.toString() : binaryName(element);
    return type.getTypeArguments().isEmpty()
        ? name
        : type.getTypeArguments().stream()
            .map(this::text)
            .collect(Collectors.joining(", ", name + "<", ">"));
  }
}
