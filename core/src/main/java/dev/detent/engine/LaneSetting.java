// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;

/// Says what a [Lane] must know of its surroundings.
///
/// @param alone tells whether nobody else can have written to the store
/// @param batchIds names the commit of a batch by its number, unique for ever
record LaneSetting(BooleanSupplier alone, LongFunction<String> batchIds) {}
