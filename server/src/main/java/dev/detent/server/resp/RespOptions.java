// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import org.jspecify.annotations.Nullable;

/// Says how a [RespDoor] listens and what it takes.
///
/// **Threads**: immutable.
///
/// @param host the name or address to listen on
/// @param port the TCP port; 0 picks a free one
/// @param token what clients must send as `AUTH TOKEN`, or null for nothing
/// @param connectionsMax how many connections may be open
/// @param inputBytesMax how much of commands that have not come as a whole yet is held for all
///   clients of one event loop, in bytes
/// @param unsentBytesMax how much a subscriber may leave unread before it is cut off, in bytes
/// @param eventLoops how many threads serve connections
public record RespOptions(
    String host,
    int port,
    @Nullable String token,
    int connectionsMax,
    long inputBytesMax,
    int unsentBytesMax,
    int eventLoops) {
  /// Returns options that are at their defaults but for the address: no token, 10,000 connections,
  /// 128 MiB of input, 8 MiB unsent, half of the processors as event loops.
  ///
  /// @param host the name or address to listen on
  /// @param port the TCP port; 0 picks a free one
  public static RespOptions of(String host, int port) {
    int loops = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    return new RespOptions(host, port, null, 10_000, 128 << 20, 8 << 20, loops);
  }

  /// Returns the same with a token that clients must send.
  public RespOptions withToken(@Nullable String value) {
    return new RespOptions(
        host, port, value, connectionsMax, inputBytesMax, unsentBytesMax, eventLoops);
  }

  /// Returns the same with another bound of open connections.
  public RespOptions withConnectionsMax(int value) {
    return new RespOptions(host, port, token, value, inputBytesMax, unsentBytesMax, eventLoops);
  }

  /// Returns the same with another bound of what a subscriber may leave unread.
  public RespOptions withUnsentBytesMax(int value) {
    return new RespOptions(host, port, token, connectionsMax, inputBytesMax, value, eventLoops);
  }
}
