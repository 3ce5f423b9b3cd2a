// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.detent.annotation.Initial;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import dev.detent.handler.Awakeable;
import dev.detent.handler.Context;
import dev.detent.machine.Next;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;

/// Runs jobs: durable handlers with two effects in the outside world, a sleep, a call, a send, SQL,
/// and for some a question to the outside.
///
/// The outside world is a file that all servers append to, so that a check can see each time that
/// an effect ran, and a folder of questions. The SQL would fail if it were run twice: the table
/// takes each name once.
@StateMachine("job")
public final class JobMachine {
  /// The outside world, in the folder that the servers run in. A line is the job's name, which
  /// effect it was, its result, and the result of the effect before.
  static final Path EFFECTS = Path.of("effects.txt");

  /// The folder of questions: a file is named like the job and holds the id to answer to.
  static final Path QUESTIONS = Path.of("questions");

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
  /// @param asks whether it asks the outside
  public record Job(String name, String tally, boolean asks) {}

  /// Is what has been done.
  ///
  /// @param name the job's name
  /// @param first the result of its first effect
  /// @param second the result of its second effect
  /// @param called what its call answered
  /// @param rows how many rows its SQL made
  /// @param told what the outside told it; empty if it was not asked
  public record Done(
      String name, String first, String second, Name called, long rows, String told) {}

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

  /// Makes the table.
  @Transition
  public Next<Worker.Ready, String> prepare(Worker.Ready worker, Context context) {
    context.transact(
        "table",
        connection ->
            execute(
                connection, "create table if not exists chaos_job (name varchar(99) primary key)"));
    return Next.stay(worker).reply("prepared");
  }

  /// Does a job.
  @Transition
  public Next<Worker.Ready, Done> run(Worker.Ready worker, Job job, Context context) {
    String first = context.step("first", String.class, () -> effect(job, "first", ""));
    context.transact("insert", connection -> insert(connection, job));
    context.sleep(REST);
    Name name = new Name(job.name());
    Name called = context.call("counter", "called-" + job.tally(), "next", name, Name.class);
    String told = job.asks() ? ask(job, context) : "";
    String second = context.step("second", String.class, () -> effect(job, "second", first));
    long rows = context.transact("count", Long.class, connection -> count(connection, job));
    context.send("counter", "sent-" + job.tally(), "next", name);
    return Next.to(new Worker.Ready(worker.jobs() + 1))
        .reply(new Done(job.name(), first, second, called, rows, told));
  }

  private static String ask(Job job, Context context) {
    Awakeable<String> answer = context.awakeable(String.class);
    context.step("ask", () -> write(QUESTIONS.resolve(job.name()), answer.id() + "\n"));
    return answer.await();
  }

  private static String effect(Job job, String which, String before) throws IOException {
    String result = UUID.randomUUID().toString();
    write(EFFECTS, String.join(" ", job.name(), which, result, before) + "\n");
    return result;
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text, UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void insert(Connection connection, Job job) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("insert into chaos_job (name) values (?)")) {
      insert.setString(1, job.name());
      insert.executeUpdate();
    }
  }

  private static long count(Connection connection, Job job) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("select count(*) from chaos_job where name = ?")) {
      select.setString(1, job.name());
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }
}
