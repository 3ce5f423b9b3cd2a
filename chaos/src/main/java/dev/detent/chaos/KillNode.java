// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import java.util.List;
import java.util.Random;

/// Ends a server with SIGKILL and starts it again a little later.
///
/// @param nodes those that it may hit
record KillNode(List<Node> nodes) implements Fault {
  private static final int AWAY_MS_MAX = 1_000;

  @Override
  public String strike(Random random, Stop stop) throws InterruptedException {
    Node node = nodes.get(random.nextInt(nodes.size()));
    int away = random.nextInt(AWAY_MS_MAX);
    if (!node.trouble().tryLock()) {
      return "";
    }
    try {
      node.kill();
      stop.pause(away);
      node.revive();
      return "kill " + node.name() + " for " + away + " ms";
    } finally {
      node.trouble().unlock();
    }
  }
}
