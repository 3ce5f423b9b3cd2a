// SPDX-License-Identifier: Apache-2.0
package dev.detent.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.detent.ErrorCode;
import dev.detent.Problem;
import dev.detent.codec.ProblemText;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalExceptionTest {
  private static TerminalException again(TerminalException e) {
    return TerminalException.of(ProblemText.read(ProblemText.write(e.problem())));
  }

  @Test
  void comesBackFromItsRecord() {
    Map<String, Object> details =
        Map.of("n", 1, "list", List.of("a", true), "map", Map.of("price", new BigDecimal("1.10")));
    TerminalException back = again(new TerminalException("NO_FUNDS", "too poor", details));
    assertThat(back.code()).isEqualTo("NO_FUNDS");
    assertThat(back).hasMessage("too poor").isExactlyInstanceOf(TerminalException.class);
    assertThat(back.details()).isEqualTo(details);
    assertThat(again(new TerminalException("X", "y")).details()).isEmpty();
  }

  @Test
  void isAHandlerFailedThatNamesTheFailure() {
    Problem problem = new TerminalException("NO_FUNDS", "too poor", Map.of("n", 1)).problem();
    assertThat(problem.code()).isEqualTo(ErrorCode.HANDLER_FAILED);
    assertThat(problem.detail()).isEqualTo("too poor");
    assertThat(problem.members())
        .isEqualTo(Map.of("failure", Map.of("code", "NO_FUNDS", "details", Map.of("n", 1))));
    assertThat(new TerminalException("X", "").problem())
        .isEqualTo(Problem.of(ErrorCode.HANDLER_FAILED, "X").with("failure", Map.of("code", "X")));
  }

  @Test
  void comesBackAsTheKindThatItsCodeSays() {
    var late = new TerminalException(TerminalException.DEADLINE, "too late");
    assertThat(again(late)).isInstanceOf(DeadlineException.class).hasMessage("too late");
    Problem cancelled = Problem.of(ErrorCode.CANCELLED, "was cancelled").with("key", "k");
    TerminalException e = TerminalException.of(cancelled);
    assertThat(e).isInstanceOf(CancelledException.class);
    assertThat(e.code()).isEqualTo("CANCELLED");
    assertThat(e.problem()).isEqualTo(cancelled);
    assertThat(again(e)).isInstanceOf(CancelledException.class);
  }

  @Test
  void carriesTheProblemThatACallWasRefusedWith() {
    Problem refused =
        Problem.of(ErrorCode.TRANSITION_NOT_ALLOWED, "not in state x")
            .with("state", "x")
            .with("allowed", List.of("go"));
    TerminalException e = TerminalException.of(refused);
    assertThat(e.code()).isEqualTo("TRANSITION_NOT_ALLOWED");
    assertThat(e.details()).isEqualTo(refused.members());
    assertThat(again(e).code()).isEqualTo("TRANSITION_NOT_ALLOWED");
    assertThat(again(e).details()).isEqualTo(refused.members());
    assertThat(TerminalException.of(Problem.of(ErrorCode.HANDLER_FAILED, "plain")).code())
        .isEqualTo("HANDLER_FAILED");
  }

  @Test
  void refusesAMalformedCode() {
    for (String code : List.of("", "a b", "x".repeat(65), "\u00e4")) {
      assertThatThrownBy(() -> new TerminalException(code, "message"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("failure code: expected [A-Za-z0-9_.-]{1,64}, got '" + code);
    }
  }

  @Test
  void refusesDetailsThatJsonCanNotGiveBack() {
    assertThatThrownBy(
            () -> new TerminalException("X", "y", Map.of("a", List.of(Map.of("b", Instant.EPOCH)))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("failure details/a/0/b: expected a string, number")
        .hasMessageContaining("got java.time.Instant; write it as text");
    Object deep = "x";
    for (int i = 0; i < 40; i++) {
      deep = List.of(deep);
    }
    Map<String, Object> tooDeep = Map.of("a", deep);
    assertThatThrownBy(() -> new TerminalException("X", "y", tooDeep))
        .hasMessageContaining("nesting of at most 32");
  }

  @Test
  void copiesDetailsAndLeavesOutWhatIsNull() {
    var details = new HashMap<String, Object>();
    details.put("none", null);
    details.put("list", Arrays.asList("a", null));
    details.put("kind", ErrorCode.INTERNAL);
    var e = new TerminalException("X", "y", details);
    details.clear();
    assertThat(e.details()).isEqualTo(Map.of("list", List.of("a"), "kind", "INTERNAL"));
  }
}
