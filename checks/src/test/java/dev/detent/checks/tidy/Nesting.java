// SPDX-License-Identifier: Apache-2.0
package dev.detent.checks.tidy;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.IfTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Measures how deep control structures stand in one another: `if`, loops, `try`, `switch`,
/// `synchronized` and lambdas with a block. An `else if` is on the level of its `if`. The body of a
/// class, also of an anonymous one, begins anew at 0.
final class Nesting extends TreeScanner<Void, Integer> {
  private static final Set<Tree.Kind> CONTROL =
      EnumSet.of(
          Tree.Kind.FOR_LOOP,
          Tree.Kind.ENHANCED_FOR_LOOP,
          Tree.Kind.WHILE_LOOP,
          Tree.Kind.DO_WHILE_LOOP,
          Tree.Kind.TRY,
          Tree.Kind.SWITCH,
          Tree.Kind.SWITCH_EXPRESSION,
          Tree.Kind.SYNCHRONIZED);

  private final int depthMax;
  private final Source source;
  private final List<Place> places = new ArrayList<>();

  private Nesting(int depthMax, Source source) {
    this.depthMax = depthMax;
    this.source = source;
  }

  static List<Place> deeperThan(int depthMax, Source source) {
    var nesting = new Nesting(depthMax, source);
    nesting.scan(source.unit(), 0);
    return nesting.places;
  }

  @Override
  public Void scan(Tree tree, Integer depth) {
    if (tree instanceof IfTree first) {
      return chain(first, depth);
    }
    if (tree instanceof ClassTree) {
      return super.scan(tree, 0);
    }
    return super.scan(tree, isControl(tree) ? deeper(tree, depth) : depth);
  }

  private Void chain(IfTree link, Integer depth) {
    int inside = deeper(link, depth);
    scan(link.getCondition(), inside);
    scan(link.getThenStatement(), inside);
    return link.getElseStatement() instanceof IfTree next
        ? chain(next, depth)
        : scan(link.getElseStatement(), inside);
  }

  private static boolean isControl(Tree tree) {
    return tree instanceof LambdaExpressionTree lambda
        ? lambda.getBodyKind() == LambdaExpressionTree.BodyKind.STATEMENT
        : tree != null && CONTROL.contains(tree.getKind());
  }

  private int deeper(Tree tree, int depth) {
    if (depth + 1 > depthMax) {
      String name = tree.getKind().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
      places.add(new Place(source.line(tree), name + " at depth " + (depth + 1)));
    }
    return depth + 1;
  }
}
