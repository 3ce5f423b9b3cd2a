// SPDX-License-Identifier: Apache-2.0
package dev.detent.checks.tidy;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.CatchTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import java.util.List;
import java.util.regex.Pattern;

/// Holds the rules that look at methods and statements.
final class CodeRules {
  static final int METHOD_LINES_MAX = 70;
  static final int PARAMETERS_MAX = 5;
  static final int NESTING_MAX = 3;

  private static final Pattern SLEEP =
      Pattern.compile(
          "(java\\.lang\\.)?Thread\\.sleep|(TimeUnit\\.)?[A-Z]*(SECONDS|MINUTES)\\.sleep");
  private static final Pattern DISABLED = Pattern.compile("([a-z.]+\\.)?(Disabled|Ignore)\\w*");

  private CodeRules() {}

  /// Counts from the first annotation or modifier to the closing brace.
  static List<Place> methodLength(Source source) {
    return source.all(MethodTree.class).stream()
        .filter(method -> source.lineCount(method) > METHOD_LINES_MAX)
        .map(method -> place(source, method, source.lineCount(method) + " lines"))
        .toList();
  }

  /// Counts the parameters of methods and constructors; a record's header is neither.
  static List<Place> parameters(Source source) {
    return source.all(MethodTree.class).stream()
        .filter(method -> method.getParameters().size() > PARAMETERS_MAX)
        .map(method -> place(source, method, method.getParameters().size() + " parameters"))
        .toList();
  }

  static List<Place> nesting(Source source) {
    return Nesting.deeperThan(NESTING_MAX, source);
  }

  /// A comment alone does nothing.
  static List<Place> emptyCatch(Source source) {
    return source.all(CatchTree.class).stream()
        .filter(tree -> tree.getBlock().getStatements().isEmpty())
        .map(tree -> new Place(source.line(tree), "an empty one"))
        .toList();
  }

  static List<Place> sleep(Source source) {
    if (source.isMain() && !source.module().equals("testkit")) {
      return List.of();
    }
    return source.all(MethodInvocationTree.class).stream()
        .filter(call -> SLEEP.matcher(call.getMethodSelect().toString()).matches())
        .map(call -> new Place(source.line(call), call.toString()))
        .toList();
  }

  static List<Place> disabled(Source source) {
    return source.all(AnnotationTree.class).stream()
        .filter(tree -> DISABLED.matcher(tree.getAnnotationType().toString()).matches())
        .map(tree -> new Place(source.line(tree), tree.toString()))
        .toList();
  }

  private static Place place(Source source, MethodTree method, String found) {
    return new Place(source.line(method), found + " in " + method.getName());
  }
}
