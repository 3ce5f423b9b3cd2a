// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// Compiles what a user might write.
final class Compiling {
  private Compiling() {}

  /// Returns the compiler's errors.
  ///
  /// @param output where classes go
  /// @param sources the text of each class, by its full name
  static List<String> errors(Path output, Map<String, String> sources) {
    var found = new DiagnosticCollector<JavaFileObject>();
    var options =
        List.of(
            "-proc:none", "-d", output.toString(), "-cp", System.getProperty("java.class.path"));
    var files = new ArrayList<Source>();
    sources.forEach((name, text) -> files.add(new Source(name, text)));
    ToolProvider.getSystemJavaCompiler().getTask(null, null, found, options, null, files).call();
    // Wording a message may make the compiler find out more.
    return List.copyOf(found.getDiagnostics()).stream()
        .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
        .map(each -> each.getMessage(Locale.ROOT))
        .toList();
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String name, String text) {
      super(URI.create("string:///" + name.replace('.', '/') + ".java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
