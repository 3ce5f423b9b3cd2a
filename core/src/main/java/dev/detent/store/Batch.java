// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import java.util.List;

/// Holds all that one commit writes.
///
/// An instance stands in it once, with its last state; its events all stand in it.
///
/// @param id names the commit, unique for ever
/// @param fences the partitions that it writes to, by ascending partition; never empty
/// @param instances the instances as they are after it
/// @param events the events, ascending by offset within each partition
/// @param timers the timers that it starts
/// @param dropped the timers that it ends
/// @param invocations the invocations as they are after it; of one that is stored, key, command,
///   input, precondition, kind, time of creation and parent stay as they are. Another of the same
///   key and token is deleted
/// @param steps the entries of journals as they are after it; one of the same identity is replaced
/// @param cleared the entries of journals to delete, before `steps` are written
public record Batch(
    String id,
    List<Fence> fences,
    List<InstanceWrite> instances,
    List<EventRow> events,
    List<TimerRow> timers,
    List<TimerDrop> dropped,
    List<InvocationRow> invocations,
    List<StepRow> steps,
    List<StepDrop> cleared) {}
