// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/// Measures what the disk takes to keep something: 4 KiB appended to a file and forced.
///
/// @param folder a folder on the disk
record DiskSync(Path folder) implements Case {
  static final String NAME = "disk: append 4 KiB, sync";
  private static final int BYTES = 4096;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Duration warmUp(Duration length) {
    return Duration.ofMillis(200);
  }

  @Override
  public Run run(Duration length) throws IOException {
    Path file = folder.resolve("sync");
    var latencies = new Samples();
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE)) {
      ByteBuffer page = ByteBuffer.allocateDirect(BYTES);
      long start = System.nanoTime();
      long now = start;
      while (now - start < length.toNanos()) {
        long before = now;
        channel.write(page.clear());
        channel.force(false);
        now = System.nanoTime();
        latencies.add(now - before);
      }
      return Run.of(latencies.count(), now - start, latencies);
    }
  }
}
