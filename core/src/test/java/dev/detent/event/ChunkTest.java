// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.Key;
import dev.detent.Offset;
import dev.detent.store.EventRow;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChunkTest {
  @Test
  void growsWhileEventsAreSmall() {
    var chunk = new Chunk(1_000);
    assertThat(chunk.next()).isEqualTo(100);
    chunk.read(events(100, 10));
    assertThat(chunk.next()).isEqualTo(200);
    chunk.read(List.of());
    assertThat(chunk.next()).isEqualTo(200);
    chunk.read(events(200, 10));
    chunk.read(events(400, 10));
    chunk.read(events(1, 10));
    assertThat(chunk.next()).isEqualTo(1_000);
  }

  @Test
  void shrinksToWhatFitsWhenEventsAreLarge() {
    var chunk = new Chunk(1_000);
    chunk.read(events(100, 1 << 20));
    assertThat(chunk.next()).isEqualTo(3);
    chunk.read(events(3, 8 << 20));
    assertThat(chunk.next()).isEqualTo(1);
    chunk.read(events(1, 10));
    assertThat(chunk.next()).isEqualTo(2);
  }

  @Test
  void neverReadsMoreThanItMay() {
    var chunk = new Chunk(7);
    assertThat(chunk.next()).isEqualTo(7);
    chunk.read(events(7, 10));
    assertThat(chunk.next()).isEqualTo(7);
  }

  private static List<EventRow> events(int count, int inputBytes) {
    var event =
        new EventRow(
            new Offset(0, 1),
            new Key("m", "k"),
            1,
            "go",
            null,
            "a",
            "x".repeat(inputBytes),
            0,
            "command",
            false,
            null);
    return Collections.nCopies(count, event);
  }
}
