// SPDX-License-Identifier: Apache-2.0
/// Shows machines in all three ways to define them; each has a `main` that runs it on SQLite.
///
/// Start with [ResourceMachine][dev.detent.examples.ResourceMachine]. A server serves them with
/// `--examples`, found through [ExampleMachines][dev.detent.examples.ExampleMachines]. May import
/// core and server. Not published.
@NullMarked
package dev.detent.examples;

import org.jspecify.annotations.NullMarked;
