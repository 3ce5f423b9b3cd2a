// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.store.InvocationRow;

/// Shows the invocation that has an instance at the moment.
///
/// @param invocation the invocation
/// @param queued how many wait behind it
public record Running(InvocationRow invocation, int queued) {}
