// SPDX-License-Identifier: Apache-2.0
package dev.detent.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.detent.RefusedException;
import dev.detent.machine.Machine;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Compiles sources that each break a rule. The files `names.txt`, `states.txt`, `methods.txt`,
/// `timeouts.txt` and `tables.txt` hold them, with the message that is to come at the end of the
/// line that it is to come for.
final class RulesTest {
  @TempDir Path folder;

  static Stream<BrokenSource> sources() {
    return Stream.of("names.txt", "states.txt", "methods.txt", "timeouts.txt", "tables.txt")
        .flatMap(BrokenSource::of);
  }

  static Stream<BrokenSource> sourcesForTheRunTime() {
    return sources().filter(source -> !source.compilerOnly());
  }

  @ParameterizedTest
  @MethodSource("sources")
  void reportsWhatIsWrongAtItsLine(BrokenSource source) {
    var compiled = Compiled.of(folder, List.of(), List.of(new MachineProcessor()), source.text());
    assertThat(source.expected()).isNotEmpty();
    assertThat(compiled.messages()).containsExactlyInAnyOrderElementsOf(source.expected());
  }

  @ParameterizedTest
  @MethodSource("sourcesForTheRunTime")
  void saysWhatTheRunTimeSays(BrokenSource source) {
    var compiled = Compiled.of(folder, List.of(), List.of(), source.text());
    assertThat(compiled.messages()).isEmpty();
    var expected = source.expected().stream().map(text -> text.replaceFirst(".*?: ", "")).toList();
    assertThat(problems(compiled.object("p.M"))).containsExactlyInAnyOrderElementsOf(expected);
  }

  /// Returns what is wrong or doubtful, as the run time says it.
  private static List<String> problems(Object owner) {
    var refused = catchThrowableOfType(RefusedException.class, () -> Machine.of(owner).strict());
    return ((List<?>) refused.problem().members().get("problems"))
        .stream().map(String.class::cast).toList();
  }
}
