// SPDX-License-Identifier: Apache-2.0
package dev.detent.processor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.Set;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;

/// Generates a class of input in the first round, as other processors do.
final class Generator extends AbstractProcessor {
  private boolean done;

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
    if (done) {
      return false;
    }
    done = true;
    try (Writer writer = processingEnv.getFiler().createSourceFile("p.Generated").openWriter()) {
      writer.write("package p; record Generated(String text) {}");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return false;
  }
}
