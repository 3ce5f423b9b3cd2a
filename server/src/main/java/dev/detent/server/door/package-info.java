// SPDX-License-Identifier: Apache-2.0
/// Holds what all doors share: how instances, events and invocations look as JSON, the metrics, the
/// drawing, the event loops, the threads for what blocks.
///
/// Start with [Metrics][dev.detent.server.door.Metrics]. May import core. No protocol is here.
@NullMarked
package dev.detent.server.door;

import org.jspecify.annotations.NullMarked;
