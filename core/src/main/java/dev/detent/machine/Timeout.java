// SPDX-License-Identifier: Apache-2.0
package dev.detent.machine;

import java.time.Duration;

/// Declares a move that happens by itself when a state has lasted long enough.
///
/// @param state the state in which it starts
/// @param name its name, unique within the state and stable: the method's name, or `after.30s`
/// @param after how long after the state was entered
/// @param transition the move
public record Timeout(String state, String name, Duration after, Transition transition) {}
