// SPDX-License-Identifier: Apache-2.0
package dev.detent.checks.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.checks.Finding;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Proves for each rule of the tidy test that it can fail, and that it does not fail too early.
final class TidyRulesTest {
  private static final String HEAD = BadSnippets.HEAD;

  private static final String MAIN = "core/src/main/java/dev/detent/x/Snippet.java";
  private static final String TEST = "core/src/test/java/dev/detent/x/Snippet.java";

  @ParameterizedTest
  @EnumSource(Rule.class)
  void refusesItsBadSnippets(Rule rule) {
    String file = rule == Rule.DOCUMENTED ? MAIN : TEST;
    for (String snippet : BadSnippets.of(rule)) {
      assertThat(rule.check(parse(file, snippet))).as("%s on\n%s", rule, snippet).isNotEmpty();
    }
    assertThat(BadSnippets.of(rule)).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource(Rule.class)
  void acceptsCodeAtItsLimits(Rule rule) {
    assertThat(rule.check(parse(MAIN, BadSnippets.GOOD))).isEmpty();
    assertThat(rule.check(parse(TEST, BadSnippets.GOOD))).isEmpty();
  }

  @Test
  void saysWhereWhatAndWhatToDo() {
    Finding finding =
        Rule.EMPTY_CATCH.check(source(BadSnippets.of(Rule.EMPTY_CATCH).get(0))).get(0);

    assertThat(finding)
        .hasToString(
            "core/src/main/java/dev/detent/x/Snippet.java:9: expected a catch block that does"
                + " something, got an empty one; handle the exception, or let it pass");
  }

  @Test
  void countsAnElseIfOnTheLevelOfItsIf() {
    String chain =
        "final class Chain {\n  void run(int i) {\n    for (;;) for (;;) if (i == 1) run(0);"
            + " else if (i == 2) run(1); else if (i == 3) run(2); else run(3);\n  }\n}\n";

    assertThat(Rule.NESTING.check(source(HEAD + chain))).isEmpty();
  }

  @Test
  void beginsAnewInAnAnonymousClass() {
    String code =
        "final class Anew {\n  void run() {\n    for (;;) for (;;) for (;;) new Object() {\n"
            + "      void go() { for (;;) for (;;) for (;;) run(); }\n    };\n  }\n}\n";

    assertThat(Rule.NESTING.check(source(HEAD + code))).isEmpty();
  }

  @Test
  void demandsCommentsOfExportedNamesOnly() {
    String code =
        """
        /// Is documented.
        public record Documented(int a) {
          public Documented {
            a++;
          }
          @Override
          public String toString() { return ""; }
          void inside() {}
          private static final class Nested { public int b; }
        }
        """;

    assertThat(Rule.DOCUMENTED.check(source(HEAD + code))).isEmpty();
  }

  @Test
  void looksForSleepInTestsOnly() {
    String bad = BadSnippets.of(Rule.SLEEP).get(0);

    assertThat(Rule.SLEEP.check(parse("core/src/main/java/A.java", bad))).isEmpty();
    assertThat(Rule.SLEEP.check(parse("core/src/test/java/A.java", bad))).isNotEmpty();
    assertThat(Rule.SLEEP.check(parse("testkit/src/main/java/A.java", bad))).isNotEmpty();
  }

  @Test
  void ignoresWordsInLiterals() {
    String code = "final class Literal {\n  String s = \"TODO\";\n  String t = \"FIXME\";\n}\n";

    assertThat(Rule.FINISHED.check(source(HEAD + code))).isEmpty();
  }

  @Test
  void missesAPackageInfo() {
    var lonely = source(BadSnippets.GOOD);
    var unmarked =
        parse(
            "core/src/main/java/dev/detent/x/package-info.java", "/// Is.\npackage dev.detent.x;");
    var marked =
        parse(
            "core/src/main/java/dev/detent/x/package-info.java",
            "\n/// Is.\n@NullMarked package dev.detent.x;");

    assertThat(PackageRules.packageInfo(List.of(lonely))).hasSize(1);
    assertThat(PackageRules.packageInfo(List.of(lonely, unmarked))).hasSize(1);
    assertThat(PackageRules.packageInfo(List.of(lonely, marked))).isEmpty();
  }

  @Test
  void countsHiddenTypes() {
    Source some = source("package dev.detent.x; public class A {} class B {} @interface C {}");
    Source more = source("package dev.detent.x; public enum D {}");
    Source others = source("package dev.detent.y; record E() {} interface F {}");
    Source test = parse(TEST, "package dev.detent.x; class G {}");

    var open = PackageRules.hidden(List.of(some, more, test));
    var even = PackageRules.hidden(List.of(some, more, source("package dev.detent.x; class H {}")));
    var closed = PackageRules.hidden(List.of(some, more, others));

    assertThat(open).isEqualTo(Map.of("dev.detent.x", new PackageRules.Hidden(1, 3)));
    assertThat(PackageRules.tooOpen(open)).hasSize(1);
    assertThat(PackageRules.tooOpen(even)).isEmpty();
    assertThat(PackageRules.tooOpen(closed)).isEmpty();
  }

  private static Source source(String text) {
    return parse(MAIN, text);
  }

  private static Source parse(String file, String text) {
    return Source.parse(Map.of(file, text)).get(0);
  }
}
