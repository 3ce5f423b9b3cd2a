// SPDX-License-Identifier: Apache-2.0
/// Says what a store must do, in rows and one atomic [Batch][dev.detent.store.Batch].
///
/// Start with [Store][dev.detent.store.Store]. Every row is a plain record; times are milliseconds
/// since 1970 UTC. May import the root package only.
@NullMarked
package dev.detent.store;

import org.jspecify.annotations.NullMarked;
