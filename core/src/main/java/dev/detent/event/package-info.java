// SPDX-License-Identifier: Apache-2.0
/// Reads the log of events: pages, history of an instance, live following, one order that lasts,
/// and consumers, which keep their place under a name.
///
/// Start with [EventLog][dev.detent.event.EventLog], [Timeline][dev.detent.event.Timeline] and
/// [Consumers][dev.detent.event.Consumers]. Invariants: one reader moves a cursor, and only while
/// its worker's lease holds; nothing is held while it waits, neither a transaction nor a place
/// among those at work. May import the root package, annotation, codec, handler and store. What a
/// consumer's rows are, and that they move with the user's SQL, is in store and sql; nothing here
/// decides about transitions.
@NullMarked
package dev.detent.event;

import org.jspecify.annotations.NullMarked;
