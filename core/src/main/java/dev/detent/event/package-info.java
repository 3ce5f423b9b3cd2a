// SPDX-License-Identifier: Apache-2.0
/// Reads the log of events: pages, history of an instance, live following.
///
/// May import the root package, codec and store.
@NullMarked
package dev.detent.event;

import org.jspecify.annotations.NullMarked;
