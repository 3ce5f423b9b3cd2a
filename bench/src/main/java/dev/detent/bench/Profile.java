// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/// Counts where the samples of a flight recording were taken.
///
/// Samples of processor time are used where the recording has some, since they see native code such
/// as SQLite's too; else those of Java code alone.
final class Profile {
  /// The settings that a recording needs.
  static final Map<String, String> SETTINGS =
      Map.of(
          "jdk.CPUTimeSample#enabled", "true",
          "jdk.CPUTimeSample#throttle", "1ms",
          "jdk.CPUTimeSample#stackTrace", "true",
          "jdk.ExecutionSample#enabled", "true",
          "jdk.ExecutionSample#period", "10 ms",
          "jdk.ExecutionSample#stackTrace", "true");

  private static final String CPU_TIME = "jdk.CPUTimeSample";
  private static final String EXECUTION = "jdk.ExecutionSample";
  private static final int FRAMES = 15;
  private static final int THREADS = 8;

  private final Map<String, Integer> top = new HashMap<>();
  private final Map<String, Integer> own = new HashMap<>();
  private final Map<String, Integer> threads = new HashMap<>();
  private int samples;

  private Profile() {}

  /// Reads a recording and says what it holds.
  static String text(Path file) throws IOException {
    var byType = new TreeMap<String, Profile>();
    try (var recording = new RecordingFile(file)) {
      while (recording.hasMoreEvents()) {
        RecordedEvent event = recording.readEvent();
        String type = event.getEventType().getName();
        if (type.equals(CPU_TIME) || type.equals(EXECUTION)) {
          byType.computeIfAbsent(type, name -> new Profile()).add(event, type);
        }
      }
    }
    return byType.isEmpty()
        ? "no samples\n"
        : byType.firstEntry().getValue().text(byType.firstKey());
  }

  private void add(RecordedEvent event, String type) {
    RecordedStackTrace trace = event.getStackTrace();
    if (trace == null || trace.getFrames().isEmpty()) {
      return;
    }
    samples++;
    List<RecordedFrame> frames = trace.getFrames();
    top.merge(name(frames.getFirst()), 1, Integer::sum);
    frames.stream()
        .map(Profile::name)
        .filter(name -> name.startsWith("dev.detent.") && !name.startsWith("dev.detent.bench."))
        .findFirst()
        .ifPresent(name -> own.merge(name, 1, Integer::sum));
    var thread = event.getThread(type.equals(CPU_TIME) ? "eventThread" : "sampledThread");
    String threadName = thread == null ? null : thread.getJavaName();
    threads.merge(threadName == null ? "?" : threadName, 1, Integer::sum);
  }

  private static String name(RecordedFrame frame) {
    return frame.getMethod().getType().getName() + "." + frame.getMethod().getName();
  }

  private String text(String type) {
    var out = new StringBuilder();
    out.append(String.format(Locale.ROOT, "%,d samples of %s%n", samples, type));
    section(out, "top frames", top, FRAMES);
    section(out, "nearest frames of ours", own, FRAMES);
    section(out, "threads", threads, THREADS);
    return out.toString();
  }

  private void section(StringBuilder out, String head, Map<String, Integer> counts, int most) {
    out.append("  ").append(head).append('\n');
    counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Integer>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(most)
        .forEach(entry ->
            out.append(
                String.format(
                    Locale.ROOT,
                    "  %6.1f %%  %s%n",
                    100.0 * entry.getValue() / samples,
                    entry.getKey())));
  }
}
