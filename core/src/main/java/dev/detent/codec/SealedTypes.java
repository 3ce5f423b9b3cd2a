// SPDX-License-Identifier: Apache-2.0
package dev.detent.codec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.jsontype.NamedType;

/// Makes Jackson tell the records of a sealed interface apart by a member `type`, unless the
/// interface says by annotations of its own how it wants that done.
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
    var named = new ArrayList<NamedType>();
    collect(annotated.getRawType(), named);
    return named;
  }

  private static void collect(Class<?> type, List<NamedType> named) {
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      if (isSealedInterface(permitted)) {
        collect(permitted, named);
      } else {
        named.add(new NamedType(permitted, permitted.getSimpleName()));
      }
    }
  }

  private static boolean isSealedInterface(Class<?> type) {
    return type.isInterface() && type.isSealed();
  }
}
