// SPDX-License-Identifier: Apache-2.0
package dev.detent.event;

import dev.detent.handler.RetryPolicy;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Holds what a consumer was built with.
///
/// @param name its name
/// @param selection which events it wants
/// @param plain what handles them, or null
/// @param transacted what handles them in a transaction, or null
/// @param start where it begins when it is new
/// @param toHead whether it ends at the head as it was at the start
/// @param lagMs the least age of an event that is handled
/// @param retry how often and when a failing event is tried again
/// @param onFailure what becomes of it then
/// @param pollMs how often the store is asked for events of other processes
/// @param batch how many events a transaction has at most
/// @param parallel how many partitions are read at once
record Options(
    String name,
    Selection selection,
    @Nullable EventHandler plain,
    @Nullable TransactedHandler transacted,
    Supplier<Cursor> start,
    boolean toHead,
    long lagMs,
    RetryPolicy retry,
    OnFailure onFailure,
    long pollMs,
    int batch,
    int parallel) {}
