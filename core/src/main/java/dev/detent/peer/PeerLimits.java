// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Bounds time and memory of connections between nodes.
///
/// @param times how long things may take
/// @param sizes how much there may be
public record PeerLimits(Times times, Sizes sizes) {
  /// Holds 2 s, 1 s, 4 s, 5 min; 8 MiB, 16,384, 64 MiB; 1,024.
  public static final PeerLimits STANDARD =
      new PeerLimits(
          new Times(
              Duration.ofSeconds(2),
              Duration.ofSeconds(1),
              Duration.ofSeconds(4),
              Duration.ofMinutes(5)),
          new Sizes(8 << 20, 16_384, 64L << 20, 1_024));

  /// Returns these limits with other times.
  public PeerLimits withTimes(Times other) {
    return new PeerLimits(other, sizes);
  }

  /// Returns these limits with other sizes.
  public PeerLimits withSizes(Sizes other) {
    return new PeerLimits(times, other);
  }

  /// Bounds how long things may take.
  ///
  /// @param connect how long connecting and proving the secret may take
  /// @param heartbeat after how much silence of a node that owes answers it is asked for a sign of
  ///   life
  /// @param silence after how much silence it is given up, and how long a write may stand still;
  ///   longer than `heartbeat`
  /// @param idle how long a connection without requests is kept
  public record Times(Duration connect, Duration heartbeat, Duration silence, Duration idle) {
    /// Checks the times.
    ///
    /// @throws IllegalArgumentException if some are wrong: all of them are named
    public Times {
      var problems = new ArrayList<String>();
      positive(problems, "connect", connect);
      positive(problems, "heartbeat", heartbeat);
      positive(problems, "idle", idle);
      if (silence.compareTo(heartbeat) <= 0) {
        problems.add("silence: expected more than heartbeat " + heartbeat + ", got " + silence);
      }
      refuse(problems);
    }
  }

  /// Bounds how much there may be.
  ///
  /// @param frameBytesMax the largest request or reply, in bytes of UTF-8
  /// @param unansweredMax how many requests may be unanswered on a connection
  /// @param waitingBytesMax about how many bytes of requests may be unanswered on a connection, and
  ///   how many of replies unwritten; no less than `frameBytesMax`
  /// @param connectionsMax how many connections a server takes
  public record Sizes(
      int frameBytesMax, int unansweredMax, long waitingBytesMax, int connectionsMax) {
    /// Checks the sizes.
    ///
    /// @throws IllegalArgumentException if some are wrong: all of them are named
    public Sizes {
      var problems = new ArrayList<String>();
      positive(problems, "frameBytesMax", frameBytesMax);
      positive(problems, "unansweredMax", unansweredMax);
      positive(problems, "connectionsMax", connectionsMax);
      if (waitingBytesMax < frameBytesMax) {
        problems.add(
            "waitingBytesMax: expected frameBytesMax "
                + frameBytesMax
                + " or more, got "
                + waitingBytesMax);
      }
      refuse(problems);
    }
  }

  private static void positive(List<String> problems, String name, Duration value) {
    if (!value.isPositive()) {
      problems.add(name + ": expected more than nothing, got " + value);
    }
  }

  private static void positive(List<String> problems, String name, int value) {
    if (value < 1) {
      problems.add(name + ": expected 1 or more, got " + value);
    }
  }

  private static void refuse(List<String> problems) {
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }
}
