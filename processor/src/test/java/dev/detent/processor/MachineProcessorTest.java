// SPDX-License-Identifier: Apache-2.0
package dev.detent.processor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.machine.Diagram;
import dev.detent.machine.Machine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import javax.annotation.processing.Processor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MachineProcessorTest {
  private static final String DIAGRAMS = "-Adetent.diagrams=true";

  private static final String GOOD =
      """
      package p;
      import dev.detent.Key;
      import dev.detent.annotation.*;
      import dev.detent.handler.Context;
      import dev.detent.machine.Next;
      import java.time.Instant;
      import java.util.List;

      @StateMachine(value = "resource", retention = "30d")
      public final class Good extends Above<String> {
        sealed interface Resource {
          record Down() implements Resource {}
          sealed interface Running extends Resource {}
          record Up(String url) implements Running {}
          record Slow(String url, int grade) implements Running {}
          @Final record Gone() implements Resource {}
        }
        @Initial Resource.Down down() { return new Resource.Down(); }
        @Transition(description = "starts | it")
        Next<? extends Resource.Running, String> setUp(
            Resource.Down from, Key key, List<String> in) {
          return null;
        }
        @Transition Next<Resource.Up, String> setUp(Resource.Up already, Instant now, Context ctx) {
          return null;
        }
        @Transition Resource.Down reset(Resource.Running from) { return new Resource.Down(); }
        @Transition <T extends Resource.Gone> T drop(Resource.Slow from, T[] input) { return null; }
        @After(value = "PT30M", description = "tired") Resource.Down expire(Resource.Up from) {
          return new Resource.Down();
        }
        @Query String status(Resource now) { return ""; }
        @Query int grade(Resource.Slow now, Key key) { return now.grade(); }
        @Deprecated @SafeVarargs final <X> void other(X... values) {}
      }
      abstract class Above<V> {
        @Transition Good.Resource.Slow tire(Good.Resource.Up from, V how) { return null; }
        @Transition Good.Resource back(Good.Resource.Slow from, List<? super V> how) {
          return null;
        }
      }
      """;

  private static final String DOUBTFUL =
      """
      package p;
      import dev.detent.annotation.*;
      @StateMachine("doubtful")
      public final class Doubtful {
        sealed interface S {
          record A() implements S {}
          record B() implements S {}
        }
        @Initial S.A a() { return new S.A(); }
        @Transition S.B go(S.A from) { return new S.B(); }
      }
      """;

  private static final String DEAD_END =
      "7: state B: nothing leads out of it; mark it final if that is meant";

  @TempDir Path folder;

  private Compiled compile(List<String> options, String... sources) {
    return Compiled.of(folder, options, List.of(new MachineProcessor()), sources);
  }

  @Test
  void isFoundByTheCompiler() {
    assertThat(ServiceLoader.load(Processor.class))
        .anyMatch(processor -> processor instanceof MachineProcessor);
  }

  @Test
  void saysNothingOfAGoodMachine() {
    var compiled = compile(List.of("-Xlint:all,-processing", "-Werror"), GOOD);
    assertThat(compiled.messages()).isEmpty();
    assertThat(compiled.folder().resolve("META-INF")).doesNotExist();
  }

  @Test
  void drawsTheMachineThatTheRunTimeDraws() {
    var compiled = compile(List.of(DIAGRAMS), GOOD);
    assertThat(compiled.messages()).isEmpty();
    Machine machine = Machine.of(compiled.object("p.Good"));
    assertThat(machine.states().keySet()).containsExactly("Down", "Up", "Slow", "Gone");
    assertThat(machine.commands()).containsExactly("tire", "back", "setUp", "reset", "drop");
    assertThat(compiled.output("META-INF/detent/resource.mmd")).isEqualTo(Diagram.mermaid(machine));
    assertThat(compiled.output("META-INF/detent/resource.md"))
        .isEqualTo(Diagram.markdown(machine))
        .contains("| Down | setUp | Up, Slow | | starts \\| it |\n");
  }

  @Test
  void makesErrorsOfWarningsWhereThatIsWanted() {
    assertThat(compile(List.of(), DOUBTFUL).messages()).containsExactly("warning " + DEAD_END);
    assertThat(compile(List.of("-Adetent.strict=true"), DOUBTFUL).messages())
        .containsExactly("error " + DEAD_END);
  }

  @Test
  void keepsQuietAboutDoubtsWhereTheClassSaysSo() {
    String silenced =
        DOUBTFUL.replace("@StateMachine", "@SuppressWarnings(\"detent\") @StateMachine");
    assertThat(compile(List.of("-Adetent.strict=true"), silenced).messages()).isEmpty();
    String wrong = silenced.replace("S.B go", "private S.B go");
    assertThat(compile(List.of(), wrong).messages()).hasSize(1).first().asString().contains("drop");
  }

  @Test
  void doesNotDrawWhatIsWrong() {
    var compiled = compile(List.of(DIAGRAMS), DOUBTFUL.replace("doubtful", "two words"));
    assertThat(compiled.messages()).hasSize(1);
    assertThat(compiled.folder().resolve("META-INF")).doesNotExist();
  }

  @Test
  void refusesToDrawTwoMachinesOfOneName() {
    String silenced =
        DOUBTFUL.replace("@StateMachine", "@SuppressWarnings(\"detent\") @StateMachine");
    var compiled = compile(List.of(DIAGRAMS), silenced, silenced.replace("Doubtful", "Second"));
    assertThat(compiled.messages())
        .containsExactly(
            "error 4: machine name: expected once where diagrams are written, got two of doubtful;"
                + " rename one");
  }

  @Test
  void waitsForTypesThatOthersGenerate() {
    String user = DOUBTFUL.replace("S.A from", "S.A from, Generated input");
    var compiled =
        Compiled.of(folder, List.of(), List.of(new MachineProcessor(), new Generator()), user);
    assertThat(compiled.messages()).containsExactly("warning " + DEAD_END);
  }

  @Test
  void leavesWhatIsMissingToTheCompiler() {
    String user = DOUBTFUL.replace("S.A from", "S.A from, Missing input");
    assertThat(compile(List.of(), user).messages())
        .hasSize(1)
        .first()
        .asString()
        .contains("Missing");
    String nameless = DOUBTFUL.replace("@StateMachine(\"doubtful\")", "@StateMachine");
    assertThat(compile(List.of(), nameless).messages())
        .hasSize(1)
        .first()
        .asString()
        .contains("missing a default value");
  }

  @Test
  void leavesOtherAnnotationsAlone() {
    String other =
        GOOD.replace("@Initial", "@Own @Initial")
            + "@java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)"
            + " @interface Own {}";
    var claimed = new Claims();
    var compiled = Compiled.of(folder, List.of(), List.of(new MachineProcessor(), claimed), other);
    assertThat(compiled.messages()).isEmpty();
    assertThat(claimed.seen()).contains("p.Own", "dev.detent.annotation.StateMachine");
  }

  @Test
  void showsAtTheMachineWhatHasNoSource() throws Exception {
    var states =
        compile(
            List.of(),
            "package p; public sealed interface S {"
                + " record A() implements S {} record B() implements S {} }");
    assertThat(states.messages()).isEmpty();
    String user =
        """
        package p;
        import dev.detent.annotation.*;
        @StateMachine("m")
        public final class M {
          @Initial S.A a() { return new S.A(); }
          @Transition S.B go(S.A from) { return new S.B(); }
        }
        """;
    String path = System.getProperty("java.class.path") + ":" + states.folder();
    Path apart = Files.createDirectory(folder.resolve("apart"));
    var compiled = Compiled.of(apart, List.of("-cp", path), List.of(new MachineProcessor()), user);
    assertThat(compiled.messages()).containsExactly("warning 4" + DEAD_END.substring(1));
  }

  @Test
  void wantsThePackageOfAMachineOpen() {
    var options = List.of("--add-reads", "m=ALL-UNNAMED");
    String closed = "module m { }";
    assertThat(compile(options, closed, GOOD).texts())
        .hasSize(10)
        .contains(
            "method down(): expected a package that is open to Detent; add `opens p;` to its"
                + " module-info");
    assertThat(compile(options, "module m { opens p; }", GOOD).messages()).isEmpty();
    assertThat(compile(options, "open module m { }", GOOD).messages()).isEmpty();
  }
}
