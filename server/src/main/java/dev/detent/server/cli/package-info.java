// SPDX-License-Identifier: Apache-2.0
/// Reads the command line and runs what it asks for: `dev`, `serve`, `schema`, `diagram`.
///
/// Start with [Main][dev.detent.server.cli.Main]. Exit codes: 0 ok, 1 usage, 2 system. Standard
/// output has results only, such as the ready line; all else goes to standard error. May import
/// core, server and diagram.
@NullMarked
package dev.detent.server.cli;

import org.jspecify.annotations.NullMarked;
