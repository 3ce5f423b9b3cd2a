// SPDX-License-Identifier: Apache-2.0
package dev.detent.processor;

import java.util.Set;
import java.util.TreeSet;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;

/// Remembers which annotations nobody has claimed before it.
final class Claims extends AbstractProcessor {
  private final Set<String> seen = new TreeSet<>();

  Set<String> seen() {
    return seen;
  }

  @Override
  public Set<String> getSupportedAnnotationTypes() {
    return Set.of("*");
  }

  @Override
  public SourceVersion getSupportedSourceVersion() {
    return SourceVersion.latestSupported();
  }

  @Override
  public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
    annotations.forEach(type -> seen.add(type.getQualifiedName().toString()));
    return false;
  }
}
