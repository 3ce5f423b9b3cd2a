// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.timeout.IdleStateEvent;
import java.util.ArrayList;
import java.util.List;

/// Knows what a client waits for on one connection: as long as it waits, silence is no reason to
/// close the connection, and when it goes away, nobody waits any more.
///
/// **Threads**: for its event loop.
final class Presence extends ChannelInboundHandlerAdapter {
  private final boolean surplus;
  private final List<Exchange> waiting = new ArrayList<>(1);

  /// Begins with nobody waiting.
  ///
  /// @param surplus whether the connection is one too many
  Presence(boolean surplus) {
    this.surplus = surplus;
  }

  boolean surplus() {
    return surplus;
  }

  /// Takes note that an exchange waits for the engine.
  void waits(Exchange exchange) {
    waiting.add(exchange);
  }

  /// Takes note that an exchange has its answer.
  void answered(Exchange exchange) {
    waiting.remove(exchange);
  }

  /// Takes note that the client has gone away.
  void leave() {
    List.copyOf(waiting).forEach(Exchange::abandon);
    waiting.clear();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (waiting.isEmpty() || !(event instanceof IdleStateEvent)) {
      super.userEventTriggered(context, event);
    }
  }
}
