// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.DetentException;
import dev.detent.codec.Json;
import dev.detent.peer.PeerHandler;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Takes what another node sends over one connection.
///
/// Once a request was sent back, all others for its partition are too, until the other node has
/// this one cleared: else a later one could overtake it.
///
/// **Threads**: one reads; any number answer.
final class Visitor implements PeerHandler {
  private final Reception reception;
  private final Set<Integer> refused = ConcurrentHashMap.newKeySet();

  /// Takes what visitors bring.
  interface Reception {
    /// Takes a request.
    ///
    /// @param refused the partitions of which requests were sent back on this connection
    void visit(Request request, Consumer<Reply> reply, Set<Integer> refused);

    /// Says when nothing can come back any more of what was sent for a partition.
    ///
    /// @param cleared takes whether this node owns the partition
    void clear(int partition, Consumer<Boolean> cleared);

    /// Looks for partitions that are free.
    void look();
  }

  Visitor(Reception reception) {
    this.reception = reception;
  }

  @Override
  public PeerHandler connected() {
    return new Visitor(reception);
  }

  @Override
  public void handle(Json message, Duration deadline, Consumer<Json> reply) {
    Wire.Message read;
    try {
      read = Wire.read(message);
    } catch (DetentException e) {
      reply.accept(Wire.write(new Reply.Refused(e.problem())));
      return;
    }
    switch (read) {
      case Wire.Message.Asks(Request request) ->
          reception.visit(request, answer -> reply.accept(Wire.write(answer)), refused);
      case Wire.Message.Clear(int partition) -> {
        refused.remove(partition); // now: who waits no longer for the answer sends more
        reception.clear(partition, kept -> reply.accept(Wire.cleared(kept)));
      }
      case Wire.Message.Look() -> {
        reception.look();
        reply.accept(Wire.look());
      }
    }
  }
}
