// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

import java.util.List;

/// Says which live instances a definition would strand.
///
/// @param state a state that the definition lacks
/// @param count how many instances are in it
/// @param keys up to three of their keys
public record Stranded(String state, long count, List<String> keys) {}
