// SPDX-License-Identifier: Apache-2.0
package dev.detent.store;

/// Holds a stored definition.
///
/// @param name the machine's name
/// @param kind `java`, `code`, `json` or `built-in`
/// @param hash the definition's hash
/// @param definition the definition as JSON
public record MachineRow(String name, String kind, String hash, String definition) {}
