// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/// Stops a server with SIGSTOP for longer than its lease, then lets it go on as if nothing had
/// happened.
///
/// @param nodes those that it may hit
/// @param frozen for how long at least
record FreezeNode(List<Node> nodes, Duration frozen) implements Fault {
  @Override
  public String strike(Random random, Stop stop) throws IOException, InterruptedException {
    Node node = nodes.get(random.nextInt(nodes.size()));
    long ms = frozen.toMillis() + random.nextLong(frozen.toMillis() / 2 + 1);
    if (!node.trouble().tryLock()) {
      return "";
    }
    try {
      node.signal("STOP");
      stop.pause(ms);
      return "freeze " + node.name() + " for " + ms + " ms";
    } finally {
      node.signal("CONT");
      node.trouble().unlock();
    }
  }
}
