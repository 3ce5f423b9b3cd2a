// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Has clients run durable handlers on a few keys, cancel some, and answer what some ask; checks
/// that each ends exactly once, with all that it did elsewhere, and never repeats what it had
/// recorded.
final class Jobs implements Workload {
  private static final int PAUSE_MS_MAX = 60;
  private static final int CANCEL_MS_MAX = 300;

  private final int round;
  private final int keys;
  private final Path folder;
  private final Findings findings;
  private final Queue<Job> jobs = new ConcurrentLinkedQueue<>();
  private final AtomicLong names = new AtomicLong();
  private final AtomicLong ended = new AtomicLong();
  private final AtomicLong cancelled = new AtomicLong();
  private final JobCheck check;

  /// Is one job that was asked for, until its end is known.
  static final class Job {
    final String name;
    final String key;
    final boolean asks;
    final boolean cancels;
    volatile @Nullable String id;
    volatile @Nullable Answer end;

    Job(String name, String key, Random random) {
      this.name = name;
      this.key = key;
      this.asks = random.nextInt(6) == 0;
      this.cancels = random.nextInt(6) == 0;
    }

    /// Tells whether it ended by being cancelled.
    boolean cancelled() {
      Answer last = end;
      return last != null && last.is(Answer.Kind.REFUSED);
    }
  }

  /// @param round makes the keys
  /// @param keys how many
  /// @param folder where the servers run
  Jobs(int round, int keys, Path folder, Findings findings) {
    this.round = round;
    this.keys = keys;
    this.folder = folder;
    this.findings = findings;
    this.check = new JobCheck(round, folder.resolve(JobMachine.EFFECTS), findings);
    try {
      Files.createDirectories(folder.resolve(JobMachine.QUESTIONS));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String definition() {
    return ""; // The servers know it by a catalog.
  }

  @Override
  public long done() {
    return 0; // Jobs are slow; faults need not wait for them.
  }

  @Override
  public void work(Caller caller, Stop stop) throws InterruptedException {
    if (!prepare(caller, stop)) {
      return;
    }
    Random random = caller.random();
    while (!stop.asked()) {
      String name = "job-" + round + "-" + names.incrementAndGet();
      var job = new Job(name, round + "-" + random.nextInt(keys), random);
      jobs.add(job);
      run(caller, job, stop);
    }
  }

  /// Has the table made, by whoever comes first.
  private boolean prepare(Caller caller, Stop stop) throws InterruptedException {
    String path = "/job/prepare-" + round + "/prepare";
    while (!stop.asked()) {
      Answer answer = caller.post(path, "", "Idempotency-Key", "prepare");
      expectNoError("prepare", answer, answer.is(Answer.Kind.REFUSED));
      if (answer.is(Answer.Kind.DONE)) {
        return true;
      }
      stop.pause(PAUSE_MS_MAX);
    }
    return false;
  }

  /// Asks until its end is known or all stop, always with the same idempotency key.
  private void run(Caller caller, Job job, Stop stop) throws InterruptedException {
    answerQuestions(caller);
    while (!ask(caller, job, stop) && !stop.pause(caller.random().nextInt(PAUSE_MS_MAX))) {
      answerQuestions(caller);
    }
  }

  /// Asks once, and returns whether the end is known.
  private boolean ask(Caller caller, Job job, Stop stop) throws InterruptedException {
    if (job.cancels) {
      return cancel(caller, job, stop);
    }
    Answer answer = start(caller, job, "");
    expectNoError(job.name, answer, answer.is(Answer.Kind.REFUSED));
    return answer.is(Answer.Kind.DONE) && end(job, answer, ended);
  }

  /// Sends it, cancels it a little later, and asks what came of it.
  private boolean cancel(Caller caller, Job job, Stop stop) throws InterruptedException {
    String id = job.id;
    if (id == null) {
      Answer accepted = start(caller, job, "/send");
      expectNoError(job.name, accepted, accepted.is(Answer.Kind.REFUSED));
      if (!accepted.is(Answer.Kind.DONE)) {
        return false;
      }
      id = accepted.json().path("id").asString("");
      job.id = id;
      stop.pause(caller.random().nextInt(CANCEL_MS_MAX));
    }
    Answer asked = caller.post("/api/invocations/" + id + "/cancel", "");
    expectNoError(job.name + " to be cancelled", asked, asked.is(Answer.Kind.REFUSED));
    Answer result = caller.get("/api/invocations/" + id + "/result?wait=1s");
    if (result.status() == 200) {
      return end(job, result, ended);
    }
    boolean gone = result.status() == 409 && result.body().contains("\"CANCELLED\"");
    expectNoError(job.name + " cancelled", result, result.is(Answer.Kind.REFUSED) && !gone);
    return gone && end(job, result, cancelled);
  }

  private static boolean end(Job job, Answer answer, AtomicLong count) {
    job.end = answer;
    count.incrementAndGet();
    return true;
  }

  private Answer start(Caller caller, Job job, String send) throws InterruptedException {
    String body =
        "{\"name\":\"%s\",\"tally\":\"%d\",\"asks\":%b}".formatted(job.name, round, job.asks);
    return caller.post("/job/" + job.key + "/run" + send, body, "Idempotency-Key", job.name);
  }

  private void expectNoError(String what, Answer answer, boolean wrong) {
    boolean failed = answer.status() == 500 || wrong;
    findings.expect(!failed, () -> what + ": unexpected answer " + answer);
  }

  private void answerQuestions(Caller caller) throws InterruptedException {
    try (Stream<Path> questions = Files.list(folder.resolve(JobMachine.QUESTIONS))) {
      for (Path question : questions.toList()) {
        answer(caller, question);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void answer(Caller caller, Path question)
      throws IOException, InterruptedException {
    try {
      // The effect may have run more than once, always with the same id.
      String id = Files.readString(question).split("\n", 2)[0];
      String told = "\"" + told(question.getFileName().toString()) + "\"";
      Answer answer = caller.post("/api/awakeables/" + id + "/resolve", told);
      if (!id.isEmpty() && (answer.is(Answer.Kind.DONE) || answer.is(Answer.Kind.REFUSED))) {
        Files.deleteIfExists(question);
      }
    } catch (NoSuchFileException e) {
      return; // Another client has answered.
    }
  }

  /// Returns what a job is told.
  static String told(String job) {
    return "told " + job;
  }

  @Override
  public void settle(Caller caller, Stop stop) throws InterruptedException {
    for (Job job : jobs) {
      if (job.end == null) {
        run(caller, job, stop);
      }
      findings.expect(job.end != null, () -> job.name + ": no end though all should be well");
    }
  }

  @Override
  public void check(Caller caller, Stop stop) throws InterruptedException {
    List<String> workers =
        Stream.iterate(0, i -> i + 1).limit(keys).map(i -> round + "-" + i).toList();
    check.run(List.copyOf(jobs), workers, caller, stop);
  }

  @Override
  public void compare(Follower feed) {
    for (int i = 0; i < keys; i++) {
      String key = round + "-" + i;
      long expected = jobs.stream().filter(job -> job.key.equals(key) && !job.cancelled()).count();
      long events = feed.seen("job", key);
      findings.expect(
          events == expected, () -> key + ": " + expected + " jobs, the feed has " + events);
    }
  }

  @Override
  public String summary() {
    return "%,d jobs ended, %,d were cancelled, %,d effects ran again before they were recorded"
        .formatted(ended.get(), cancelled.get(), check.repeated());
  }
}
