// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import java.lang.annotation.Annotation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Shows a loaded class.
record ReflectedClass(Class<?> type) implements ClassView {
  @Override
  public String simpleName() {
    return type.getSimpleName();
  }

  @Override
  public String packageName() {
    return type.getPackageName();
  }

  @Override
  public boolean isOpen() {
    return type.getModule().isOpen(type.getPackageName(), getClass().getModule());
  }

  @Override
  public <A extends Annotation> @Nullable A mark(Class<A> mark) {
    return type.getAnnotation(mark);
  }

  @Override
  public List<MethodView> methods() {
    return DeclarationOrder.of(type).stream().<MethodView>map(ReflectedMethod::new).toList();
  }
}
