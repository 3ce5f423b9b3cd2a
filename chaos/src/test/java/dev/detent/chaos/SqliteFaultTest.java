// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Makes the disk of a real server on SQLite fail, under load. The server must tell what is wrong,
/// lose nothing that it acknowledged, do nothing twice, and be well again without a restart.
///
/// Skipped where the tools are missing, unless `-Ddetent.tools=required`.
class SqliteFaultTest {
  private static final int SHORT_MS = 500;

  /// Longer than a server waits before it tells those who ask that it does not know.
  private static final int LONG_MS = 3_000;

  @TempDir Path folder;

  @Test
  void survivesADiskThatFails() throws Exception {
    require(Injection.hindrance());
    Path file = folder.resolve("detent.db");
    Path log = folder.resolve("detent.db-wal");
    List<Outage> outages =
        List.of(
            injected("syncs fail", "IOERR_FSYNC", LONG_MS, "fsync,fdatasync:error=EIO", log),
            injected("writes fail", "IOERR_WRITE", SHORT_MS, "pwrite64:error=EIO", log),
            injected("some writes fail", "", SHORT_MS, "pwrite64:error=EIO:when=7+5", log),
            injected("some syncs fail", "", SHORT_MS, "fsync,fdatasync:error=EIO:when=3+3", log),
            injected("some write nothing", "", SHORT_MS, "pwrite64:retval=0:when=9+7", log),
            injected("reads fail", "IOERR", SHORT_MS, "pread64:error=EIO", log, file),
            injected("checkpoints fail", "", SHORT_MS, "pwrite64,fsync:error=EIO", file),
            new Outage("writes are cut short", "IOERR_WRITE", SHORT_MS, this::cutShort),
            injected("no space", "FULL", SHORT_MS, "pwrite64:error=ENOSPC", log, file));
    assertThat(run("detent.db", List.of(), outages)).isEmpty();
    assertThat(folder.resolve("node-1.log"))
        .content()
        .contains("the store fails", "IOERR_FSYNC", "IOERR_WRITE", "FULL")
        .contains("the store is well again");
  }

  @Test
  void survivesAFullDisk() throws Exception {
    var disk = new Disk(Files.createDirectory(folder.resolve("disk")), 24);
    require(disk.hindrance());
    var outage = new Outage("the disk is full", "FULL", LONG_MS, disk::fill);
    assertThat(run("disk/detent.db", disk.launcher(), List.of(outage))).isEmpty();
  }

  private static void require(String hindrance) {
    if ("required".equals(System.getProperty("detent.tools"))) {
      assertThat(hindrance).isEmpty();
    }
    assumeTrue(hindrance.isEmpty(), hindrance);
  }

  private static Outage injected(String name, String told, int holdMs, String what, Path... files) {
    return new Outage(
        name,
        told,
        holdMs,
        node -> {
          Injection injection = Injection.begin(node.pid(), what, files);
          return injection::close;
        });
  }

  /// Forbids files longer than that: a write across this border really writes a part.
  private Outage.Repair cutShort(Node node) throws IOException {
    limit(node, "66536:");
    return () -> limit(node, "unlimited:");
  }

  private static void limit(Node node, String bytes) throws IOException {
    try {
      int status = Signals.run("prlimit", "--pid", "" + node.pid(), "--fsize=" + bytes);
      assertThat(status).isZero();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private List<String> run(String file, List<String> launcher, List<Outage> outages)
      throws Exception {
    long seed = System.nanoTime();
    var settings =
        new Settings(
            1, 8, seed, 1, Duration.ofMinutes(4), launcher, List.of(), Duration.ZERO, folder);
    return new Trial(settings, System.out::println)
        .sqlite(
            file,
            outages,
            (round, found) ->
                List.of(new Counters(round, 12, found), new Jobs(round, 8, folder, found)));
  }
}
