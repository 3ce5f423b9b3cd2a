// SPDX-License-Identifier: Apache-2.0
package dev.detent.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Measures what a server answers to clients of Redis.
///
/// @param name the case's name
/// @param address the server
/// @param commands what it is sent
/// @param pipeline how many commands each connection sends at once
/// @param server the server, if it is one of ours
record RedisLoad(
    String name,
    InetSocketAddress address,
    RespCommands commands,
    int pipeline,
    @Nullable ServerProcess server)
    implements Case {
  /// The server's code has to be compiled by then.
  private static final Duration WARM_UP_MIN = Duration.ofSeconds(5);

  @Override
  public Duration warmUp(Duration length) {
    return server == null || length.compareTo(WARM_UP_MIN) > 0 ? length : WARM_UP_MIN;
  }

  @Override
  public Run run(Duration length) throws IOException {
    try (var load = RespLoad.open(address, commands, RespCommands.CONNECTIONS, pipeline)) {
      return load.run(length);
    }
  }

  @Override
  public boolean record(Duration length, Path file) throws Exception {
    if (server == null) {
      return false;
    }
    server.record(file, length, this::run);
    return true;
  }
}
