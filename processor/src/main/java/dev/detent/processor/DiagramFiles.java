// SPDX-License-Identifier: Apache-2.0
package dev.detent.processor;

import dev.detent.machine.Diagram;
import dev.detent.machine.Machine;
import java.io.IOException;
import java.io.Writer;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.TypeElement;
import javax.tools.Diagnostic;
import javax.tools.StandardLocation;

/// Writes machines as files that people read, beside the classes.
///
/// @param environment makes the files
record DiagramFiles(ProcessingEnvironment environment) {
  private static final String FOLDER = "META-INF/detent/";

  /// Writes a machine as a Mermaid state diagram and as tables in Markdown.
  void write(Machine machine, TypeElement type) {
    write(FOLDER + machine.name() + ".mmd", Diagram.mermaid(machine), type);
    write(FOLDER + machine.name() + ".md", Diagram.markdown(machine), type);
  }

  private void write(String file, String text, TypeElement type) {
    try (Writer writer =
        environment
            .getFiler()
            .createResource(StandardLocation.CLASS_OUTPUT, "", file, type)
            .openWriter()) {
      writer.write(text);
    } catch (IOException e) {
      String what = file + ": expected a file that can be written, got " + e.getMessage();
      environment.getMessager().printMessage(Diagnostic.Kind.ERROR, what, type);
    }
  }
}
