// SPDX-License-Identifier: Apache-2.0
package dev.detent.checks.tidy;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreePathScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.lang.model.element.Modifier;
import javax.lang.model.util.Elements.DocCommentKind;

/// Finds exported names without a Markdown doc comment, in the modules that are published.
///
/// Exported is what is public or protected in a type that is public, and so on outwards. Aside are
/// methods with `@Override`, and a record's components and compact constructor, which the record's
/// own comment describes.
final class DocRules extends TreePathScanner<Void, Void> {
  private static final Set<String> PUBLISHED = Set.of("core", "processor", "testkit", "server");

  private final Source source;
  private final List<Place> places = new ArrayList<>();

  private DocRules(Source source) {
    this.source = source;
  }

  static List<Place> undocumented(Source source) {
    if (!source.isMain() || !PUBLISHED.contains(source.module())) {
      return List.of();
    }
    var rules = new DocRules(source);
    rules.scan(source.unit(), null);
    return rules.places;
  }

  @Override
  public Void visitClass(ClassTree type, Void nothing) {
    if (!isExported(type.getModifiers())) {
      return null;
    }
    demandComment(type, type.getSimpleName().toString());
    return super.visitClass(type, nothing);
  }

  @Override
  public Void visitMethod(MethodTree method, Void nothing) {
    boolean aside = isOverride(method) || isCompactConstructor(method);
    if (isExported(method.getModifiers()) && !aside) {
      demandComment(method, method.getName().toString());
    }
    return null;
  }

  @Override
  public Void visitVariable(VariableTree field, Void nothing) {
    if (isExported(field.getModifiers())) {
      demandComment(field, field.getName().toString());
    }
    return null;
  }

  private void demandComment(Tree tree, String name) {
    DocCommentKind kind = source.trees().getDocCommentKind(getCurrentPath());
    if (kind != DocCommentKind.END_OF_LINE) {
      String found = kind == null ? "none at " : "another kind of comment at ";
      places.add(new Place(source.line(tree), found + name));
    }
  }

  /// Is asked only for members of types that are exported, since the scan ends at others.
  private boolean isExported(ModifiersTree modifiers) {
    Set<Modifier> flags = modifiers.getFlags();
    boolean inInterface =
        getCurrentPath().getParentPath().getLeaf() instanceof ClassTree outer
            && (outer.getKind() == Tree.Kind.INTERFACE
                || outer.getKind() == Tree.Kind.ANNOTATION_TYPE);
    return flags.contains(Modifier.PUBLIC)
        || flags.contains(Modifier.PROTECTED)
        || (inInterface && !flags.contains(Modifier.PRIVATE));
  }

  private static boolean isOverride(MethodTree method) {
    return method.getModifiers().getAnnotations().stream()
        .anyMatch(annotation -> annotation.getAnnotationType().toString().equals("Override"));
  }

  /// The tree does not tell `Point {` from `Point() {`, the text does.
  private boolean isCompactConstructor(MethodTree method) {
    if (!method.getName().contentEquals("<init>") || method.getBody() == null) {
      return false;
    }
    String head = source.text().substring(source.start(method), source.start(method.getBody()));
    int modifiersEnd = source.end(method.getModifiers()) - source.start(method);
    return !head.substring(Math.max(0, modifiersEnd)).contains("(");
  }
}
