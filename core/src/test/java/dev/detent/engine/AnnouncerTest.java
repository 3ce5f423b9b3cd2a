// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.detent.DetentException;
import dev.detent.sql.SqlStore;
import java.nio.file.Path;
import java.text.MessageFormat;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Reads in the log what nobody waits for.
@Timeout(240)
final class AnnouncerTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path folder;
  private final Talks talks = new Talks();
  private final Logger logger = Logger.getLogger(Engine.class.getName());
  private final Kept kept = new Kept();

  /// Keeps what is logged.
  private static final class Kept extends Handler {
    final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord record) {
      String text = MessageFormat.format(record.getMessage(), record.getParameters());
      lines.add(record.getLevel() + " " + text);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @BeforeEach
  void listen() {
    logger.addHandler(kept);
  }

  @AfterEach
  void listenNoMore() {
    logger.removeHandler(kept);
  }

  @Test
  void doesNotCallACancelledSendRefused() throws Exception {
    try (Detent detent = start()) {
      InvocationClient sleeping = send(detent, "sleep");
      talks.place();
      assertThat(sleeping.cancel()).isTrue();
      assertThatThrownBy(() -> sleeping.result(LONG)).isInstanceOf(DetentException.class);
      awaitLine(
          "INFO a timer or a send was cancelled:"
              + " talk/t: the invocation was cancelled (CANCELLED)");
    }
  }

  @Test
  void doesNotCallAFailedSendRefused() {
    try (Detent detent = start()) {
      InvocationClient failing = send(detent, "fail");
      assertThatThrownBy(() -> failing.result(LONG)).isInstanceOf(DetentException.class);
      awaitLine("WARNING a timer or a send failed: can't talk (HANDLER_FAILED)");
    }
  }

  @Test
  void saysWhyASendWasRefused() {
    try (Detent detent = start()) {
      detent.machine("order").send("none", "empty", null, Duration.ZERO);
      awaitLine("WARNING a timer or a send was refused");
    }
  }

  private void awaitLine(String begin) {
    Eventually.holds(() -> kept.lines.stream().anyMatch(line -> line.startsWith(begin)));
  }

  private Detent start() {
    return Detent.builder(SqlStore.sqlite(folder.resolve("detent.db")).open())
        .machine(talks)
        .machine(new Orders())
        .start();
  }

  private static InvocationClient send(Detent detent, String command) {
    return detent.invocation(detent.machine("talk").send("t", command, null, Duration.ZERO));
  }
}
