// SPDX-License-Identifier: Apache-2.0
/// Breaks real servers and their databases while clients work, and checks what they kept.
///
/// Start with [Chaos][dev.detent.chaos.Chaos], the command, or with
/// [Trial][dev.detent.chaos.Trial], which runs one. A trial starts a
/// [Cluster][dev.detent.chaos.Cluster] of processes, has [Workload][dev.detent.chaos.Workload]s
/// work on it, lets [Fault][dev.detent.chaos.Fault]s strike, waits until all is well, and has each
/// workload check its part.
///
/// Invariant: nothing here ends a process that it did not start. It knows servers only from
/// outside, by HTTP and signals; may import the testkit. Not here: the simulation, which runs in
/// one thread with a clock of its own (tests of the engine).
@NullMarked
package dev.detent.chaos;

import org.jspecify.annotations.NullMarked;
