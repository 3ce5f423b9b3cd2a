// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

/// Holds a named reader of events.
///
/// @param name its name, `[A-Za-z][A-Za-z0-9_.-]{0,63}`
/// @param machines whose events it wants: a JSON array of names; empty for all
/// @param states entering which states it wants to hear of: a JSON array of names; empty for all
/// @param paused whether somebody has paused it
/// @param createdAt when it first started, in milliseconds since 1970 UTC
public record ConsumerRow(
    String name, String machines, String states, boolean paused, long createdAt) {}
