// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.cli;

import dev.detent.annotation.Initial;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import dev.detent.handler.Context;
import dev.detent.machine.Next;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// Is a machine whose steps write lines to `diary.txt` in the folder of the process; its last step
/// does not end as long as there is a file `hold`.
@StateMachine("diary")
public final class Diary {
  static final String FILE = "diary.txt";
  static final String HOLD = "hold";

  /// The states.
  public sealed interface Page {}

  /// Nothing is written.
  public record Blank() implements Page {}

  /// Something is written.
  public record Written(int times) implements Page {}

  /// What a page is when nobody has touched it.
  @Initial
  public Blank blank() {
    return new Blank();
  }

  /// Writes for the first time.
  @Transition
  public Next<Written, String> write(Blank from, Context ctx) throws IOException {
    return write(1, ctx);
  }

  /// Writes again.
  @Transition
  public Next<Written, String> write(Written from, Context ctx) throws IOException {
    return write(from.times() + 1, ctx);
  }

  private static Next<Written, String> write(int times, Context ctx) {
    String first = ctx.step("first", String.class, () -> note(ctx.key() + " first"));
    ctx.sleep(Duration.ofMillis(30));
    ctx.step(
        "second",
        () -> {
          note(ctx.key() + " second begins");
          if (Files.exists(Path.of(HOLD))) {
            new CountDownLatch(1).await();
          }
          note(ctx.key() + " second");
        });
    return Next.to(new Written(times)).reply(first + ", " + times);
  }

  private static String note(String line) throws IOException {
    Path file = Path.of(FILE);
    Files.write(file, List.of(line), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    return line;
  }
}
