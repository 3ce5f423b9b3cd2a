// SPDX-License-Identifier: Apache-2.0
package dev.detent.checks.tidy;

import java.util.List;
import java.util.stream.Stream;

/// Holds, for each rule, code that breaks it; and code that breaks none but is at their limits.
final class BadSnippets {
  static final String HEAD = TextRules.LICENCE_LINE + "\npackage dev.detent.x;\n\n";

  /// A method of 70 lines, 5 parameters, 3 levels, and a line of 100 columns.
  static final String GOOD =
      HEAD
          + "/// Does.\npublic class Good {\n"
          + "  /// Runs.\n"
          + "  public void run(int a, int b, int c, int d, int e) {\n"
          + "    while (a > 0) {\n      while (b > 0) {\n        while (c > 0) {\n"
          + "          c--;\n        }\n      }\n    }\n"
          + "    d++;\n".repeat(61)
          + "  }\n\n  // "
          + "x".repeat(95)
          + "\n}\n";

  private BadSnippets() {}

  static List<String> of(Rule rule) {
    return switch (rule) {
      case LICENCE -> List.of("package dev.detent.x;\n", "\n" + HEAD);
      case FILE_LENGTH -> List.of(HEAD + "// x\n".repeat(498));
      case LINE_LENGTH -> List.of(HEAD + "// " + "x".repeat(98) + "\n");
      case FINISHED -> members("// TODO later", "/* FIXME */ int a;", "/// TODO: write");
      case FORMAT -> List.of(HEAD + "class  A {}\n", HEAD + "import java.io.File;\n\nclass A {}\n");
      case METHOD_LENGTH -> members("void a() {" + "\n".repeat(70) + "}");
      case PARAMETERS -> members("void a(int b, int c, int d, int e, int f, int g) {}");
      case NESTING -> nesting();
      case EMPTY_CATCH ->
          members(
              "\nvoid a() {\n  try {\n    a();\n  } catch (Error e) {\n  }\n}",
              "void a() { try { a(); } catch (Error e) { /* so what */ } }");
      case SLEEP ->
          members(
              "void a() { Thread.sleep(1); }",
              "void a() { java.lang.Thread.sleep(1); }",
              "void a() { TimeUnit.SECONDS.sleep(1); }");
      case DISABLED -> members("@Disabled void a() {}", "@org.junit.jupiter.api.Disabled int a;");
      case TYPE_NAME -> typeNames();
      case INTERFACE_NAME -> members("interface IShape {}", "interface IO {}");
      case PACKAGE_NAME ->
          List.of("package dev.detent.internal;", "package dev.detent.util.x;", "package impl;");
      case DOCUMENTED -> undocumented();
    };
  }

  private static List<String> nesting() {
    String block = "void a() { %s if (b) { for (;;) { synchronized (c) { a(); } } } }";
    return Stream.of(
            "if (b)",
            "if (b) {} else for (;;)",
            "if (b) {} else if (c) {} else for (;;)",
            "for (;;)",
            "for (var x : y)",
            "while (b)",
            "try { a(); } finally {} do if (b) try { a(); } finally { while (b) a(); } while (b);")
        .map(outer -> block.formatted(outer))
        .flatMap(member -> members(member).stream())
        .toList();
  }

  private static List<String> typeNames() {
    return Stream.of(
            "StoreImpl",
            "LaneManager",
            "KeyHelper",
            "Util",
            "StringUtils",
            "AbstractStore",
            "BaseLane",
            "DefaultCodec",
            "CommonWords",
            "Misc",
            "EventData",
            "NodeInfo",
            "SQLUtil")
        .flatMap(name -> members("interface " + name + " {}").stream())
        .toList();
  }

  private static List<String> undocumented() {
    return Stream.of(
            "public int a;",
            "protected void a() {}",
            "public A() {}",
            "/** Is of the old kind. */ public int a;",
            "// is no doc comment\n public int a;",
            "public static final class B {}",
            "/// Is.\n public enum E { ONE }",
            "/// Is.\n public interface I { void a(); }",
            "/// Is.\n public record R(int a) { public R(int a) { this.a = a; } }",
            "/// Is.\n public record R(int a) { public R() { this(1); } }")
        .map(member -> HEAD + "/// Is.\npublic class A {\n  " + member + "\n}\n")
        .toList();
  }

  private static List<String> members(String... members) {
    return Stream.of(members).map(member -> HEAD + "class A {\n  " + member + "\n}\n").toList();
  }
}
