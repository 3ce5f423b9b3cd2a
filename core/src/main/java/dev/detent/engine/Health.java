// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

/// Says whether the engine can commit.
///
/// @param ok whether it can
/// @param detail a sentence for people; empty if it can
public record Health(boolean ok, String detail) {}
