// SPDX-License-Identifier: Apache-2.0
package dev.detent.codec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.jsontype.NamedType;

/// Makes Jackson tell the records of a sealed interface apart by a member `type`, unless the
/// interface says by annotations of its own how it wants that done; and makes it demand members for
/// components of primitive types, which it would set to zero.
final class SealedTypes extends JacksonAnnotationIntrospector {
  private static final long serialVersionUID = 1L;

  /// The member that names the record.
  static final String MEMBER = "type";

  @Override
  public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(
      MapperConfig<?> config, Annotated annotated) {
    JsonTypeInfo.Value own = super.findPolymorphicTypeInfo(config, annotated);
    if (own != null || !isSealedInterface(annotated.getRawType())) {
      return own;
    }
    return JsonTypeInfo.Value.construct(
        JsonTypeInfo.Id.NAME, JsonTypeInfo.As.PROPERTY, MEMBER, null, false, true, true);
  }

  @Override
  public @Nullable List<NamedType> findSubtypes(MapperConfig<?> config, Annotated annotated) {
    List<NamedType> own = super.findSubtypes(config, annotated);
    if ((own != null && !own.isEmpty())
        || super.findPolymorphicTypeInfo(config, annotated) != null
        || !isSealedInterface(annotated.getRawType())) {
      return own;
    }
    return leaves(annotated.getRawType()).stream()
        .map(type -> new NamedType(type, type.getSimpleName()))
        .toList();
  }

  @Override
  public @Nullable String findTypeName(MapperConfig<?> config, AnnotatedClass annotated) {
    String own = super.findTypeName(config, annotated);
    // Annotations of the interface count as the record's here.
    boolean theirs = own != null || super.findPolymorphicTypeInfo(config, annotated) != null;
    return theirs ? own : annotated.getRawType().getSimpleName();
  }

  @Override
  public @Nullable Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
    Boolean own = super.hasRequiredMarker(config, member);
    boolean component = member.getRawType().isPrimitive() && member.getDeclaringClass().isRecord();
    return (own == null && component) ? Boolean.TRUE : own;
  }

  /// Returns the types of a sealed interface, those of sealed interfaces within it included.
  static List<Class<?>> leaves(Class<?> type) {
    var leaves = new ArrayList<Class<?>>();
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      leaves.addAll(isSealedInterface(permitted) ? leaves(permitted) : List.of(permitted));
    }
    return leaves;
  }

  static boolean isSealedInterface(Class<?> type) {
    return type.isInterface() && type.isSealed();
  }
}
