// SPDX-License-Identifier: Apache-2.0
package dev.detent.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Says how a trial goes.
///
/// @param nodes how many servers
/// @param clients how many clients of each workload
/// @param seed decides which faults strike and what clients do
/// @param rounds how many rounds
/// @param round how long clients work in each
/// @param launcher what the server's command line is put behind; empty for nothing
/// @param serveArguments what else the servers are told
/// @param frozen for how long a server is stopped, so that its lease ends
/// @param folder where everything is kept
record Settings(
    int nodes,
    int clients,
    long seed,
    int rounds,
    Duration round,
    List<String> launcher,
    List<String> serveArguments,
    Duration frozen,
    Path folder) {}
