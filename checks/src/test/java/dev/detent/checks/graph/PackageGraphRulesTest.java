// SPDX-License-Identifier: Apache-2.0
package dev.detent.checks.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Proves on small compiled programs that the package graph test can fail.
final class PackageGraphRulesTest {
  private static final PackageTable TABLE =
      PackageTable.parse("group ab: a b\n# words\na: -\nb: a\n\nc: ab\nlibrary org.junit: c\n");

  @TempDir Path folder;

  @Test
  void acceptsWhatTheTableAllows() throws IOException {
    PackageGraph graph =
        compiled(
            "package dev.detent.a; public class A {}",
            "package dev.detent.b; public class B { java.util.List<dev.detent.a.A> a; }",
            "package dev.detent.c; @org.junit.jupiter.api.Tag(\"x\") class C { dev.detent.b.B b;"
                + " }");

    assertThat(graph.against(TABLE)).isEmpty();
    assertThat(graph.cycles()).isEmpty();
  }

  @Test
  void refusesAUseThatIsNotInTheTable() throws IOException {
    PackageGraph graph =
        compiled(
            "package dev.detent.a; class A { dev.detent.c.C c() { return null; } }",
            "package dev.detent.b; class B { Class<?> c = dev.detent.c.C[].class; }",
            "package dev.detent.c; public class C {}");

    assertThat(graph.against(TABLE))
        .containsExactlyInAnyOrder(
            "dev.detent.a.A: expected uses of [], got dev.detent.c.C; cut it",
            "dev.detent.b.B: expected uses of [dev.detent.a], got dev.detent.c.C; cut it");
  }

  @Test
  void seesATypeThatOnlyASignatureNames() throws IOException {
    PackageGraph graph =
        compiled(
            "package dev.detent.a; class A { java.util.List<dev.detent.b.B> bs; }",
            "package dev.detent.b; public class B {}",
            "package dev.detent.c; class C {}");

    assertThat(graph.against(TABLE)).hasSize(1).allMatch(fault -> fault.contains("dev.detent.b.B"));
  }

  @Test
  void refusesALibraryThatAPackageMayNotUse() throws IOException {
    PackageGraph graph =
        compiled(
            "package dev.detent.a; class A { org.junit.jupiter.api.TestInfo info; }",
            "package dev.detent.b; class B { org.assertj.core.api.Condition<?> condition; }",
            "package dev.detent.c; class C { org.junit.jupiter.api.TestInfo info; }");

    assertThat(graph.against(TABLE))
        .hasSize(2)
        .anyMatch(fault -> fault.startsWith("dev.detent.a.A: ") && fault.contains("org.junit"))
        .anyMatch(fault -> fault.startsWith("dev.detent.b.B: ") && fault.contains("org.assertj"));
  }

  @Test
  void refusesAPackageWithoutARowAndARowWithoutAPackage() throws IOException {
    PackageGraph graph =
        compiled(
            "package dev.detent.a; class A {}",
            "package dev.detent.b; class B {}",
            "package dev.detent.d; class D {}");

    assertThat(graph.against(TABLE))
        .containsExactly(
            "dev.detent.d: expected a row in packages.txt, got none; add what it may use");
    assertThat(graph.outdated(TABLE))
        .containsExactly("dev.detent.c: expected a package with classes, got none; drop its row");
  }

  @Test
  void findsACycleAndNamesTheClassesThatMakeIt() throws IOException {
    PackageGraph graph =
        compiled(
            "package dev.detent.a; public class A { dev.detent.b.B b; }",
            "package dev.detent.b; public class B { dev.detent.c.C c; }",
            "package dev.detent.c; public class C { dev.detent.a.A a; }",
            "package dev.detent.d; public class D { dev.detent.a.A a; }");

    assertThat(graph.cycles())
        .containsExactly(
            """
            expected no cycle, got
              dev.detent.a.A -> dev.detent.b.B
              dev.detent.b.B -> dev.detent.c.C
              dev.detent.c.C -> dev.detent.a.A
              cut one of them\
            """);
  }

  private PackageGraph compiled(String... sources) throws IOException {
    var out = new StringWriter();
    List<String> options = List.of("-d", folder.toString(), "-proc:none");
    List<JavaFileObject> files = Stream.of(sources).<JavaFileObject>map(Text::new).toList();
    boolean good =
        ToolProvider.getSystemJavaCompiler().getTask(out, null, null, options, null, files).call();
    assertThat(good).as(out.toString()).isTrue();
    try (Stream<Path> all = Files.walk(folder)) {
      return PackageGraph.read(all.filter(file -> file.toString().endsWith(".class")).toList());
    }
  }

  /// Gives the compiler a file from memory, named after its class.
  private static final class Text extends SimpleJavaFileObject {
    private final String text;

    Text(String text) {
      super(
          URI.create("memory:///" + text.replaceAll("(?s).*?class (\\w+).*", "$1") + ".java"),
          Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
