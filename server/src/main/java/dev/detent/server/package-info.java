// SPDX-License-Identifier: Apache-2.0
/// Runs an engine behind doors: configuration, wiring, start and stop.
///
/// Start with [Server][dev.detent.server.Server] and [Config][dev.detent.server.Config]; machines
/// written in Java reach a server through [MachineCatalog][dev.detent.server.MachineCatalog]. A
/// server that is running can commit and answers on every door that it was told to open. May import
/// core, door, http, resp and diagram. The command line is in `dev.detent.server.cli`.
@NullMarked
package dev.detent.server;

import org.jspecify.annotations.NullMarked;
