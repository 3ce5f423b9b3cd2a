// SPDX-License-Identifier: Apache-2.0
/// Measures the engine and the doors against the raw ceilings of disk, database and server, and the
/// door for Redis clients against Redis.
///
/// Start with [Bench][dev.detent.bench.Bench], or rather with `scripts/bench`. A `Case` measures
/// one thing for a while; `Rounds` interleaves all cases, so that a machine that slows down slows
/// all of them; `Table` prints the medians against their goals. Nothing here is published.
///
/// May import core, server, examples.
@NullMarked
package dev.detent.bench;

import org.jspecify.annotations.NullMarked;
