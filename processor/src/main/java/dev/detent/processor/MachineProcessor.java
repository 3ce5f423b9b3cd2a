// SPDX-License-Identifier: Apache-2.0
package dev.detent.processor;

import dev.detent.annotation.After;
import dev.detent.annotation.Initial;
import dev.detent.annotation.Query;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import dev.detent.annotation.Validate;
import dev.detent.machine.Machine;
import dev.detent.machine.Reading;
import java.lang.annotation.Annotation;
import java.lang.annotation.AnnotationTypeMismatchException;
import java.lang.annotation.IncompleteAnnotationException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;
import javax.tools.Diagnostic;
import org.jspecify.annotations.Nullable;

/// Checks every class that is marked with [StateMachine] while it is compiled.
///
/// What would be a problem at run time is an error of the compiler, with the same message, at the
/// line that causes it; what would be a warning is a warning. `@SuppressWarnings("detent")` on the
/// class silences its warnings.
///
/// **Guarantees**: it generates no classes, and takes no annotation away from other processors.
///
/// **Limits**: what only shows when the code runs is left to the run time: the content of the
/// initial state.
///
/// Options: `-Adetent.strict=true` makes errors of warnings, by default `false`;
/// `-Adetent.diagrams=true` writes each machine as `META-INF/detent/NAME.mmd` (a Mermaid state
/// diagram) and `NAME.md` (tables in Markdown) into the folder of the classes, by default `false`.
public final class MachineProcessor extends AbstractProcessor {
  private static final String STRICT = "detent.strict";
  private static final String DIAGRAMS = "detent.diagrams";
  private static final Set<Class<? extends Annotation>> MARKS =
      Set.of(Initial.class, Transition.class, After.class, Query.class, Validate.class);

  private final Set<String> waiting = new LinkedHashSet<>();
  private final Set<String> drawn = new LinkedHashSet<>();

  /// Makes a processor; javac does so.
  public MachineProcessor() {}

  @Override
  public Set<String> getSupportedAnnotationTypes() {
    return Set.of(StateMachine.class.getPackageName() + ".*");
  }

  @Override
  public Set<String> getSupportedOptions() {
    return Set.of(STRICT, DIAGRAMS);
  }

  @Override
  public SourceVersion getSupportedSourceVersion() {
    return SourceVersion.latestSupported();
  }

  @Override
  public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
    var stray = new StrayMarks(processingEnv.getMessager());
    stray.report(round.getElementsAnnotatedWithAny(MARKS));
    for (Element element : round.getElementsAnnotatedWith(StateMachine.class)) {
      if (element instanceof TypeElement type && stray.isClass(type)) {
        waiting.add(type.getQualifiedName().toString());
      }
    }
    // What is still not whole at the end misses a class, and the compiler says so itself.
    if (!round.processingOver()) {
      waiting.removeIf(this::check);
    }
    return false;
  }

  /// Checks a machine; false if a type that it uses does not exist yet.
  private boolean check(String name) {
    Elements elements = processingEnv.getElementUtils();
    TypeElement type = elements.getTypeElement(name);
    var compilation = new Compilation(processingEnv.getTypeUtils(), elements);
    Reading reading = read(new CompiledClass(compilation, type));
    if (reading == null || compilation.isIncomplete()) {
      return reading == null;
    }
    var reports = new Reports(processingEnv.getMessager(), elements, type);
    if (!reading.isSound()) {
      reading.findings().forEach(finding -> reports.show(Diagnostic.Kind.ERROR, finding));
    } else if (!isSilenced(type)) {
      Diagnostic.Kind kind =
          isOn(STRICT) ? Diagnostic.Kind.ERROR : Diagnostic.Kind.MANDATORY_WARNING;
      reading.findings().forEach(finding -> reports.show(kind, finding));
    }
    Machine machine = reading.machine();
    if (machine != null && isOn(DIAGRAMS)) {
      draw(machine, type);
    }
    return true;
  }

  /// Reads a machine; null if one of its annotations is not whole, which the compiler reports.
  private static @Nullable Reading read(CompiledClass view) {
    try {
      return Machine.read(view);
    } catch (IncompleteAnnotationException | AnnotationTypeMismatchException e) {
      return null;
    }
  }

  private static boolean isSilenced(TypeElement type) {
    SuppressWarnings suppressed = type.getAnnotation(SuppressWarnings.class);
    return suppressed != null && List.of(suppressed.value()).contains("detent");
  }

  private boolean isOn(String option) {
    return Boolean.parseBoolean(processingEnv.getOptions().getOrDefault(option, "false"));
  }

  private void draw(Machine machine, TypeElement type) {
    if (drawn.add(machine.name())) {
      new DiagramFiles(processingEnv).write(machine, type);
    } else {
      String what = "machine name: expected once where diagrams are written, got two of ";
      processingEnv
          .getMessager()
          .printMessage(Diagnostic.Kind.ERROR, what + machine.name() + "; rename one", type);
    }
  }
}
