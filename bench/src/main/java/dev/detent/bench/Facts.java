// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// Says on what machine all was measured.
final class Facts {
  private Facts() {}

  static String text(Path folder) throws IOException {
    Runtime runtime = Runtime.getRuntime();
    return """
    machine    %d cores, %s, load average %.1f, %s
    disk       %s
    java       %s %s, heap up to %,d MiB
    """
        .formatted(
            runtime.availableProcessors(),
            processor(),
            load(),
            System.getProperty("os.name") + " " + System.getProperty("os.version"),
            Files.getFileStore(folder),
            System.getProperty("java.vm.name"),
            System.getProperty("java.runtime.version"),
            runtime.maxMemory() >> 20);
  }

  /// Returns how many threads wanted a processor in the last minute, on average; negative if that
  /// is not known.
  static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  /// Returns a warning if others used the machine when the measuring began, else nothing.
  static String busyBefore(double load) {
    return load > Runtime.getRuntime().availableProcessors() / 2.0
        ? String.format(
            Locale.ROOT,
            "%nBUSY MACHINE: load average %.1f before it began, so take all of this with care.",
            load)
        : "";
  }

  private static String processor() throws IOException {
    Path facts = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(facts)) {
      return System.getProperty("os.arch");
    }
    try (var lines = Files.lines(facts)) {
      return lines
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    }
  }
}
