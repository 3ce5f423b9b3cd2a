// SPDX-License-Identifier: Apache-2.0
package dev.detent.processor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import javax.annotation.processing.Processor;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;

/// Holds what came out of compiling sources: messages as `kind line: text`, and classes.
///
/// @param folder where the classes are
/// @param messages what the compiler said, by file and line
record Compiled(Path folder, List<String> messages) {
  private static final JavaCompiler JAVAC = ToolProvider.getSystemJavaCompiler();

  /// Compiles sources with processors, and a folder of earlier classes.
  ///
  /// @param folder an empty folder for classes and sources
  /// @param options further options of javac
  /// @param processors what looks at the sources
  /// @param sources the text of each file; its first type gives its name
  static Compiled of(
      Path folder, List<String> options, List<Processor> processors, String... sources) {
    var found = new DiagnosticCollector<JavaFileObject>();
    try (var files = JAVAC.getStandardFileManager(found, Locale.ROOT, null)) {
      var paths = new ArrayList<Path>();
      for (String source : sources) {
        paths.add(file(folder, source));
      }
      Path classes = Files.createDirectories(folder.resolve("classes"));
      var all =
          new ArrayList<>(List.of("-d", classes.toString(), "-parameters", "-Xlint:-options"));
      all.addAll(options);
      if (processors.isEmpty()) {
        all.add("-proc:none");
      }
      var task =
          JAVAC.getTask(null, files, found, all, null, files.getJavaFileObjectsFromPaths(paths));
      if (!processors.isEmpty()) {
        task.setProcessors(processors);
      }
      task.call();
      return new Compiled(classes, texts(found.getDiagnostics()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path file(Path folder, String source) throws IOException {
    String name = source.replaceFirst("(?s).*?(?:class|interface|module) ([\\w.]+).*", "$1");
    String file = source.contains("module ") ? "module-info" : name;
    return Files.writeString(folder.resolve(file + ".java"), source);
  }

  private static List<String> texts(List<Diagnostic<? extends JavaFileObject>> found) {
    return found.stream()
        .sorted(Comparator.comparing(Diagnostic::getLineNumber))
        .map(Compiled::text)
        .toList();
  }

  private static String text(Diagnostic<?> found) {
    String kind =
        switch (found.getKind()) {
          case ERROR -> "error";
          case WARNING, MANDATORY_WARNING -> "warning";
          default -> "note";
        };
    return kind + " " + found.getLineNumber() + ": " + found.getMessage(Locale.ROOT);
  }

  /// Returns the messages without kind and line.
  List<String> texts() {
    return messages.stream().map(message -> message.replaceFirst("^\\w+ -?\\d+: ", "")).toList();
  }

  /// Returns the text of a file that came out.
  String output(String file) {
    try {
      return Files.readString(folder.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Makes an object of a compiled class.
  Object object(String name) {
    try {
      var loader =
          new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader());
      var constructor = loader.loadClass(name).getDeclaredConstructor();
      constructor.setAccessible(true);
      return constructor.newInstance();
    } catch (ReflectiveOperationException | IOException e) {
      throw new IllegalStateException(name + ": expected a class with a constructor", e);
    }
  }
}
