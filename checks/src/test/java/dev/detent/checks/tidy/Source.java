// SPDX-License-Identifier: Apache-2.0
package dev.detent.checks.tidy;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// Holds one source file, parsed by the JDK's own compiler.
///
/// @param file the path below the root of the repository
/// @param text all of it
/// @param unit its tree, not attributed
/// @param trees gives positions and doc comments
record Source(String file, String text, CompilationUnitTree unit, DocTrees trees) {

  /// Parses files, given as text by path.
  static List<Source> parse(Map<String, String> texts) {
    var objects = texts.entrySet().stream().map(e -> new Text(e.getKey(), e.getValue())).toList();
    var faults = new DiagnosticCollector<JavaFileObject>();
    var task =
        (JavacTask)
            ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, faults, List.of("-proc:none"), null, objects);
    var sources = new ArrayList<Source>();
    try {
      for (CompilationUnitTree unit : task.parse()) {
        String file = unit.getSourceFile().getName().substring(1);
        sources.add(new Source(file, texts.get(file), unit, DocTrees.instance(task)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!faults.getDiagnostics().isEmpty()) {
      throw new AssertionError("expected sources that parse, got " + faults.getDiagnostics());
    }
    return sources;
  }

  List<String> lines() {
    return text.lines().toList();
  }

  String module() {
    return file.substring(0, Math.max(0, file.indexOf('/')));
  }

  boolean isMain() {
    return file.contains("/src/main/");
  }

  String packageName() {
    return unit.getPackageName() == null ? "" : unit.getPackageName().toString();
  }

  List<ClassTree> topLevelTypes() {
    return unit.getTypeDecls().stream()
        .filter(ClassTree.class::isInstance)
        .map(ClassTree.class::cast)
        .toList();
  }

  /// Returns all trees of a kind, in the order of the text.
  <T extends Tree> List<T> all(Class<T> kind) {
    var found = new ArrayList<T>();
    new TreeScanner<Void, Void>() {
      @Override
      public Void scan(Tree tree, Void nothing) {
        if (kind.isInstance(tree)) {
          found.add(kind.cast(tree));
        }
        return super.scan(tree, nothing);
      }
    }.scan(unit, null);
    return found;
  }

  int start(Tree tree) {
    return (int) trees.getSourcePositions().getStartPosition(unit, tree);
  }

  int end(Tree tree) {
    return (int) trees.getSourcePositions().getEndPosition(unit, tree);
  }

  int line(Tree tree) {
    return (int) unit.getLineMap().getLineNumber(start(tree));
  }

  /// Returns how many lines a tree takes, its doc comment aside.
  int lineCount(Tree tree) {
    return (int) unit.getLineMap().getLineNumber(end(tree)) - line(tree) + 1;
  }

  /// Returns the text with the content of all literals blanked out, line breaks kept.
  String textWithoutLiterals() {
    var out = new StringBuilder(text);
    for (LiteralTree literal : all(LiteralTree.class)) {
      for (int i = start(literal); i < end(literal); i++) {
        if (out.charAt(i) != '\n') {
          out.setCharAt(i, ' ');
        }
      }
    }
    return out.toString();
  }

  /// Gives the compiler a file from memory.
  private static final class Text extends SimpleJavaFileObject {
    private final String text;

    Text(String file, String text) {
      super(URI.create("memory:///" + file), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
