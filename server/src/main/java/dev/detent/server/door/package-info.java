// SPDX-License-Identifier: Apache-2.0
/// Holds what all doors share: the metrics that they show and the drawing that they hand out.
///
/// Start with [Metrics][dev.detent.server.door.Metrics]. May import core. No protocol is here.
@NullMarked
package dev.detent.server.door;

import org.jspecify.annotations.NullMarked;
