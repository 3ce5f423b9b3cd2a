// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.http;

import dev.detent.engine.Engine;
import dev.detent.server.door.Metrics;
import dev.detent.server.door.Svg;
import dev.detent.server.door.Workers;

/// Holds what all event loops of a door share.
///
/// @param engine what answers
/// @param options the door's limits
/// @param svg what draws diagrams
/// @param workers where blocking work is done
record Shared(Engine engine, HttpOptions options, Svg svg, Workers workers) {
  Metrics metrics() {
    return options.metrics();
  }
}
