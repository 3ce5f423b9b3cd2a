// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.detent.ErrorCode;
import dev.detent.Offset;
import dev.detent.RefusedException;
import dev.detent.event.Consumer;
import dev.detent.event.ConsumerBuilder;
import dev.detent.event.Consumers;
import dev.detent.event.Cursor;
import dev.detent.sql.SqlStore;
import dev.detent.store.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsumerOptionsTest {
  @TempDir private Path folder;
  private Store store;
  private Consumers consumers;

  @BeforeEach
  void open() {
    store = SqlStore.sqlite(folder.resolve("store.db")).open();
    consumers = Consumers.of(store, Duration.ofSeconds(2));
  }

  @AfterEach
  void close() {
    consumers.close();
    store.close();
  }

  @Test
  void tellsWhatIsWrongWithItsOptions() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> consumers.consumer("9").batch(0).of("no good").of(String.class).start())
        .withMessageContaining("name")
        .withMessageContaining("batch")
        .withMessageContaining("'no good'")
        .withMessageContaining("@StateMachine")
        .withMessageContaining("handler");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            consumers
                .consumer("mixed")
                .types(Record.class)
                .handle(event -> {})
                .fromNow()
                .from(Instant.EPOCH)
                .start())
        .withMessage(
            "types: expected records of states, got Record; from: expected one place to begin, got"
                + " fromNow() and from(1970-01-01T00:00:00Z)");
    ConsumerBuilder twice = consumers.consumer("twice").handle(event -> {});
    Consumer first = twice.start();
    assertThatIllegalStateException().isThrownBy(twice::start).withMessageContaining("twice");
    first.close();
    twice.start();
    assertRefused("consumer", () -> consumers.pause("nobody"));
    assertRefused("consumer", () -> consumers.reset("nobody", Cursor.START));
    assertRefused("consumer", () -> consumers.deadLetters("nobody", null, 1));
    RefusedException beyond =
        catchThrowableOfType(
            RefusedException.class, () -> consumers.reset("twice", new Offset(0, 99)));
    assertThat(beyond.code()).isEqualTo(ErrorCode.BAD_REQUEST);
  }

  private static void assertRefused(String what, Runnable call) {
    RefusedException refused = catchThrowableOfType(RefusedException.class, call::run);
    assertThat(refused).isNotNull();
    assertThat(refused.problem().members()).containsEntry("what", what);
  }
}
