// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import dev.detent.annotation.Initial;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import dev.detent.handler.Context;
import dev.detent.machine.Next;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.UUID;

/// Runs jobs: durable handlers with two effects in the outside world, a sleep, a call and a send.
///
/// The outside world is a file that all servers append to, so that a check can see each time that
/// an effect ran.
@StateMachine("job")
public final class JobMachine {
  /// The outside world, in the folder that the servers run in. A line is the job's name, which
  /// effect it was, its result, and the result of the effect before.
  static final Path EFFECTS = Path.of("effects.txt");

  private static final Duration REST = Duration.ofMillis(50);

  /// Is where a worker is.
  public sealed interface Worker {
    /// Has done so many jobs.
    ///
    /// @param jobs how many
    record Ready(long jobs) implements Worker {}
  }

  /// Is what is to be done.
  ///
  /// @param name names the job, unique
  /// @param tally the key that its call and its send move
  public record Job(String name, String tally) {}

  /// Is what has been done.
  ///
  /// @param name the job's name
  /// @param first the result of its first effect
  /// @param second the result of its second effect
  /// @param called what its call answered
  public record Done(String name, String first, String second, Name called) {}

  /// Is what a counter answers and takes.
  ///
  /// @param name the name of a move
  public record Name(String name) {}

  /// Makes the machine.
  public JobMachine() {}

  /// Says what a worker is at first.
  @Initial
  public Worker.Ready ready() {
    return new Worker.Ready(0);
  }

  /// Does a job.
  @Transition
  public Next<Worker.Ready, Done> run(Worker.Ready worker, Job job, Context context) {
    String first = context.step("first", String.class, () -> effect(job, "first", ""));
    context.sleep(REST);
    Name called =
        context.call("counter", "called-" + job.tally(), "next", new Name(job.name()), Name.class);
    String second = context.step("second", String.class, () -> effect(job, "second", first));
    context.send("counter", "sent-" + job.tally(), "next", new Name(job.name()));
    return Next.to(new Worker.Ready(worker.jobs() + 1))
        .reply(new Done(job.name(), first, second, called));
  }

  private static String effect(Job job, String which, String before) throws IOException {
    String result = UUID.randomUUID().toString();
    String line = String.join(" ", job.name(), which, result, before) + "\n";
    Files.writeString(
        EFFECTS,
        line,
        StandardCharsets.UTF_8,
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    return result;
  }
}
