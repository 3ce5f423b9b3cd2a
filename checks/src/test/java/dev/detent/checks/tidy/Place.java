// SPDX-License-Identifier: Apache-2.0
package dev.detent.checks.tidy;

/// Says where in a file a rule is broken, and what is there.
///
/// @param line from 1
/// @param found what is there
record Place(int line, String found) {}
