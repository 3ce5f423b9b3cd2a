// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

/// Holds a node: a process that shares the store.
///
/// @param id its id, new with each start
/// @param address where other nodes reach it, `host:port`
/// @param startedAt when it started, in milliseconds since 1970 UTC
/// @param expiresAt until when it counts as alive unless it says so again, in milliseconds since
///   1970 UTC
/// @param machines what it has code for: a JSON object of the definitions' hashes by name
public record NodeRow(String id, String address, long startedAt, long expiresAt, String machines) {}
