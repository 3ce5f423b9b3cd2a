// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Shows that the compiler knows the machine.
class LifeCompileTest {
  @TempDir Path output;

  @Test
  void aLegalMoveCompiles() {
    assertThat(errors("life.death(life.birth(life.conceive(), now), now);")).isEmpty();
  }

  @Test
  void theDeadAreNotBorn() {
    assertThat(errors("life.birth(new Phase.Dead(null, now), now);"))
        .singleElement()
        .asString()
        .matches(".*Dead cannot be converted to .*Gestating");
  }

  @Test
  void theUnbornDoNotDie() {
    assertThat(errors("life.death(life.conceive(), now);"))
        .singleElement()
        .asString()
        .matches(".*Gestating cannot be converted to .*Alive");
  }

  @Test
  void theLivingDoNotMiscarry() {
    assertThat(errors("life.miscarriage(new Phase.Alive(now), now);"))
        .singleElement()
        .asString()
        .matches(".*Alive cannot be converted to .*Gestating");
  }

  @Test
  void nobodyAddsAFourthPhase() {
    assertThat(errors("record Undead() implements Phase {}"))
        .singleElement()
        .asString()
        .contains("sealed");
  }

  @Test
  void everyPhaseHasToBeThoughtOf() {
    assertThat(
            errors(
                "Phase phase = life.conceive(); int x = switch (phase) { case Phase.Alive a -> 1;"
                    + " case Phase.Dead d -> 2; };"))
        .singleElement()
        .asString()
        .contains("does not cover all possible input values");
  }

  private List<String> errors(String statement) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    var found = new DiagnosticCollector<JavaFileObject>();
    var options =
        List.of(
            "-proc:none", "-d", output.toString(), "-cp", System.getProperty("java.class.path"));
    compiler.getTask(null, null, found, options, null, List.of(new User(statement))).call();
    return found.getDiagnostics().stream()
        .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
        .map(each -> each.getMessage(Locale.ROOT))
        .toList();
  }

  /// Is a user's class around one statement.
  private static final class User extends SimpleJavaFileObject {
    private final String statement;

    User(String statement) {
      super(URI.create("string:///User.java"), Kind.SOURCE);
      this.statement = statement;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return """
      import dev.detent.examples.LifeMachine;
      import dev.detent.examples.LifeMachine.Phase;
      import java.time.Instant;

      class User {
        void use(LifeMachine life, Instant now) {
          %s
        }
      }
      """
          .formatted(statement);
    }
  }
}
