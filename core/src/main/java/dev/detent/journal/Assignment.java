// SPDX-License-Identifier: Apache-2.0
package dev.detent.journal;

import dev.detent.machine.Machine;
import dev.detent.machine.Situation;
import dev.detent.machine.Transition;
import dev.detent.store.InvocationRow;

/// Says what an attempt is to run.
///
/// @param row the invocation as it is stored; its life, start and `cancelled` count
/// @param machine the definition
/// @param transition the durable transition of it that the handler is
/// @param situation what the handler starts from, still without a context
/// @param attempt tells this attempt from all others in this process
public record Assignment(
    InvocationRow row, Machine machine, Transition transition, Situation situation, long attempt) {}
