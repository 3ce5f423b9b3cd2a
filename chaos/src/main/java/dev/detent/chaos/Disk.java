// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Gives a server a small disk of its own, in memory, that can be filled up. It vanishes with the
/// server's process.
///
/// @param folder where the server sees it
/// @param megabytes its size
record Disk(Path folder, int megabytes) {
  private static final int CHUNK_BYTES = 4_096;

  /// Returns what a server's command line is put behind, so that it has this disk.
  List<String> launcher() {
    String mount = "mount -t tmpfs -o size=" + megabytes + "m detent '" + folder + "'";
    return List.of("unshare", namespaces(), "sh", "-c", mount + " && exec \"$0\" \"$@\"");
  }

  private static String namespaces() {
    return System.getProperty("user.name").equals("root") ? "-m" : "-rm";
  }

  /// Returns why there can't be such a disk here, or an empty text if there can.
  String hindrance() throws IOException, InterruptedException {
    String[] command = Stream.concat(launcher().stream(), Stream.of("true")).toArray(String[]::new);
    return Signals.run(command) == 0
        ? ""
        : "mount: expected a disk in memory at " + folder + ", got none; allow mount, as for root";
  }

  /// Fills the disk to its last byte, until it is closed.
  ///
  /// @param node the server that has it
  Outage.Repair fill(Node node) throws IOException {
    Path ballast = Path.of("/proc/" + node.pid() + "/root" + folder + "/ballast");
    try (OutputStream out = Files.newOutputStream(ballast)) {
      byte[] chunk = new byte[CHUNK_BYTES];
      for (int i = 0; i <= megabytes * 1_024 * 1_024 / CHUNK_BYTES; i++) {
        out.write(chunk);
      }
      throw new IOException(ballast + ": expected the disk to be full, it is not");
    } catch (IOException e) {
      if (!String.valueOf(e.getMessage()).contains("No space left")) {
        throw e;
      }
    }
    return () -> Files.delete(ballast);
  }
}
