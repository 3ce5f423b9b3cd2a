// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import java.io.IOException;
import java.util.Random;

/// Crashes the database and starts it again.
///
/// @param postgres the database
record CrashPostgres(PrivatePostgres postgres) implements Fault {
  private static final int AWAY_MS_MAX = 700;

  @Override
  public String strike(Random random, Stop stop) throws IOException, InterruptedException {
    int away = random.nextInt(AWAY_MS_MAX);
    synchronized (postgres) {
      postgres.crash();
      stop.pause(away);
      postgres.restart();
    }
    return "crash PostgreSQL for " + away + " ms";
  }
}
